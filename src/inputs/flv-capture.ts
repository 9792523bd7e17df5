import type { MessageFeed } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { type Capture, type CaptureOptions, inputFailure, nowUs } from "../ffmpeg/capture.ts";
import { DropLimit } from "../ffmpeg/drop-limit.ts";
import { LiveFrames } from "../ffmpeg/live-frames.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import { type MessageFrame, MessageReader } from "../media/flv/message-reader.ts";
import type { Packet, TrackName } from "../media/packet.ts";

export type FlvCaptureOptions = Pick<
  CaptureOptions,
  "onPackets" | "onAnnounced" | "onDropped" | "isFollowed" | "reads"
>;

/** An input that sends FLV messages: no ffmpeg, no encoder. What comes leaves in the same turn of the event loop. */
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
    const push = () =>
      this.#frames.push(frames.map((frame) => ({ track: frame.track, ptsUs: frame.timeUs, frame })));
    if (frames.length === 0) return;
    if (reads === undefined) push();
    else reads.lead(push);
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
    this.#guard(() => this.#frames.end());
    this.#finish(failure ?? new UserError("deviceAbsent", `${this.label}: the stream ended`));
  }

  #finish(failure: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#frames.stop();
    this.#leave();
    this.#settle(failure);
  }
}
