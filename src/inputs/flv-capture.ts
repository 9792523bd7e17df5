import type { MessageFeed } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { type Capture, type CaptureOptions, inputFailure, nowUs } from "../ffmpeg/capture.ts";
import { DropLimit } from "../ffmpeg/drop-limit.ts";
import { LiveFrames } from "../ffmpeg/live-frames.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { MAX_SOUND_WAIT_MS, SteadyVideo } from "../ffmpeg/steady-video.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import { type MessageFrame, MessageReader } from "../media/flv/message-reader.ts";
import type { Packet, TrackName } from "../media/packet.ts";

export type FlvCaptureOptions = Pick<
  CaptureOptions,
  "onPackets" | "onAnnounced" | "onDropped" | "isFollowed" | "reads"
>;

/** More sound than this does not wait. */
const MAX_WAITING = 50;

/**
 * An input that sends FLV messages: no ffmpeg, no encoder. Video leaves in the turn of the event loop in which it comes; sound
 * goes out with it while it comes steadily, and at once where it does not.
 */
export class FlvCapture implements Capture {
  readonly label: string;
  readonly ended: Promise<void>;
  readonly #reader: MessageReader;
  readonly #frames: LiveFrames<MessageFrame>;
  readonly #limits: Readonly<Record<TrackName, DropLimit>> = {
    video: new DropLimit(),
    audio: new DropLimit(),
  };
  readonly #judged: TrackName;
  readonly #options: FlvCaptureOptions;
  #leave: () => void = () => undefined;
  #settle: (failure: Error | null) => void = () => undefined;
  readonly #video = new SteadyVideo();
  #sound: MessageFrame[] = [];
  #maySoundWait = false;
  /** Has it go out when a frame is late. */
  #patience: NodeJS.Timeout | null = null;
  #lastDropMs: number | null = null;
  #isOver = false;

  constructor({ source, video, audio }: ProcessPlan, feed: MessageFeed, options: FlvCaptureOptions) {
    this.label = source.label;
    this.#options = options;
    this.#judged = video === null ? "audio" : "video";
    this.#reader = new MessageReader({ video: video !== null, audio: audio !== null });
    this.#frames = new LiveFrames({
      ...{ hasTrackClocks: false, isFollowed: options.isFollowed === true, nowUs },
      packets: (frame, timeUs, arrivalUs) => this.#packets(frame, timeUs, arrivalUs),
      onPackets: options.onPackets,
      guard: (read) => this.#guard(read),
    });
    this.ended = new Promise((resolve, reject) => {
      this.#settle = (failure) => (failure === null ? resolve() : reject(failure));
    });
    const leave = feed.receive({
      onMessages: (messages) => this.#guard(() => this.#take(messages)),
      onEnd: (failure) => this.#end(failure),
    });
    this.#leave = leave;
    if (this.#isOver) leave(); // what had come already was not to be read
  }

  get droppedFrames(): number {
    return this.#reader.droppedFrames;
  }

  get lastDropMs(): number | null {
    return this.#lastDropMs;
  }

  async stop(): Promise<void> {
    this.#finish(null);
  }

  kill(): void {
    this.#finish(null);
  }

  #take(messages: readonly FlvMessage[]): void {
    const frames = messages.map((message) => this.#reader.read(message)).filter((frame) => frame !== null);
    const { reads, onAnnounced } = this.#options;
    if (this.#reader.announced !== null) onAnnounced?.(this.#reader.announced);
    const push = () => this.#push(frames);
    if (frames.length === 0 || this.#waits(frames)) return;
    if (reads === undefined) push();
    else reads.lead(push);
  }

  #push(frames: readonly MessageFrame[]): void {
    const all = this.#sound.length === 0 ? frames : [...this.#sound, ...frames];
    this.#sound = [];
    this.#frames.push(all.map((frame) => ({ track: frame.track, ptsUs: frame.timeUs, frame })));
  }

  #waits(frames: readonly MessageFrame[]): boolean {
    if (frames.some(({ track }) => track === "video")) {
      this.#maySoundWait = this.#video.saw(performance.now());
      if (this.#maySoundWait) this.#beginPatience();
      return false;
    }
    const hasRoom = this.#sound.length + frames.length <= MAX_WAITING;
    if (!this.#maySoundWait || this.#frames.isHolding || !hasRoom) return false;
    this.#sound.push(...frames);
    return true;
  }

  #beginPatience(): void {
    if (this.#patience === null)
      this.#patience = setTimeout(() => this.#lostPatience(), MAX_SOUND_WAIT_MS).unref();
    else this.#patience.refresh();
  }

  /** Video is late: sound waits no more until it has come steadily again. */
  #lostPatience(): void {
    this.#patience = null;
    this.#maySoundWait = false;
    this.#video.wasLate();
    if (this.#sound.length > 0) this.#guard(() => this.#push([]));
  }

  #packets(frame: MessageFrame, timeUs: number, arrivalUs: number): Packet[] {
    const { track } = frame;
    const packets = this.#reader.packets(frame, timeUs);
    const drops = this.#reader.drops(track);
    this.#limits[track].check(drops, arrivalUs);
    if (track === this.#judged) this.#lastDropMs = this.#limits[track].isPatient ? performance.now() : null;
    const dropped = drops.take();
    if (dropped !== null) this.#options.onDropped?.(track, dropped);
    return packets;
  }

  /** Messages that cannot be used end the input: what follows them means nothing. */
  #guard(read: () => void): void {
    if (this.#isOver) return;
    try {
      read();
    } catch (error) {
      this.#finish(inputFailure(this.label, error));
    }
  }

  #end(failure: UserError | null): void {
    this.#guard(() => {
      this.#push([]);
      this.#frames.end();
    });
    this.#finish(failure ?? new UserError("deviceAbsent", `${this.label} has ended`));
  }

  #finish(failure: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#frames.stop();
    this.#leave();
    this.#settle(failure);
  }
}
