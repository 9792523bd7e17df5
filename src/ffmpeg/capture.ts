import type { Device } from "../devices/device.ts";
import { redactor } from "../devices/redact.ts";
import { isOnWallClock } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { CorruptInputError, ReorderedPicturesError } from "../media/corrupt-input.ts";
import { NotAnnexBError } from "../media/nal/access-unit.ts";
import type { NutFrameEvent } from "../media/nut/frame.ts";
import type { AudioConfig, Packet, TrackName } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import { epochClock, ForeignClockError, ownClock } from "../timing/input-clock.ts";
import { type DriverChange, driverChangeOf } from "./driver-change.ts";
import { isRefusedByHardware } from "./hardware-decoding.ts";
import { LiveFrames, type ReadFrame } from "./live-frames.ts";
import { NutTrack, type NutTrackOptions } from "./nut-pipe.ts";
import type { ProcessPlan } from "./plan.ts";
import { type Exit, FfmpegProcess } from "./process.ts";
import type { ReadCoalescer } from "./read-coalescer.ts";
import { demuxerOf, failureOf, ownWords } from "./reason.ts";

/** One input being captured: its packets go out until it ends, fails or is stopped. */
export interface Capture {
  readonly label: string;
  /** Resolves at the input's own end, or once stopped; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  /** Pictures that came and could not be used, for want of an IDR before them. */
  readonly droppedFrames: number;
  /** The address of the segment that it read last, of a live playlist. */
  readonly lastSegment?: string | null;
  /** When it last sent data that could not be used, by `performance.now()`; null while all is well. Only video counts if it has video. */
  readonly lastDropMs: number | null;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
  kill(): void;
}

/** `arrivalUs`: when they came, or would have had they not queued up; missing: now. */
export type OnPackets = (packets: readonly Packet[], arrivalUs?: number) => void;

export interface CaptureOptions {
  readonly onPackets: OnPackets;
  /** The settings of sound that may come later, or never; told with each of its bytes. */
  readonly onAnnounced?: (config: AudioConfig) => void;
  /** A track has come to its end: the process goes on with the other, or is about to end. */
  readonly onTrackEnd?: (track: "video" | "audio") => void;
  /** Units that could not be used were left out. */
  readonly onDropped?: (track: TrackName, dropped: DroppedUnits) => void;
  readonly onFfmpegLine: (line: string) => void;
  /** What ffmpeg's libraries say on their own, too, which is information. */
  readonly onInfoLine?: (line: string) => void;
  /** How far the system's clock has been set since this process began; without it, it is taken not to be. */
  readonly setUs?: () => number;
  /** There are other inputs: see `LiveClockOptions`. */
  readonly isFollowed?: boolean;
  readonly onDriverChange?: (change: DriverChange) => void;
  /** The CPU decodes, although the encoder's hardware was asked to: ffmpeg says so in this line. */
  readonly onDecodingRefused?: (line: string) => void;
  readonly through?: "pipes" | "loopback";
  /** Shared by the captures of a stream; without it each pipe is read by itself. */
  readonly reads?: ReadCoalescer;
  /** Adds to a failure what the machine knows of the device: who holds it, who may open it. */
  readonly explain?: (failure: UserError, device: Device) => Promise<UserError>;
}

/** One ffmpeg, from its pipes' bytes to packets in common time. */
export class FfmpegCapture implements Capture {
  readonly label: string;
  readonly ended: Promise<void>;
  readonly #process: FfmpegProcess;
  readonly #tracks: NutTrack[] = [];
  #lastSegment: string | null = null;
  #failure: Error | null = null;
  #isStopped = false;
  #lastDropMs: number | null = null;

  constructor(ffmpegPath: string, plan: ProcessPlan, options: CaptureOptions) {
    this.label = plan.source.label;
    const clock = isOnWallClock(plan.source)
      ? epochClock(plan.baseS, options.setUs ?? (() => 0))
      : ownClock();
    const live = this.#liveFrames(plan, options);
    const { reads } = options;
    const tracks = (["video", "audio"] as const).flatMap((name) => {
      const pipe = plan[name]?.pipe;
      if (pipe === undefined) return [];
      const track = new NutTrack(clock, name === "video" ? reorderingOf(plan) : {});
      this.#tracks.push(track);
      const take = (chunk: Uint8Array) => {
        this.#guard(() => {
          if (live === null) options.onPackets(track.push(chunk, nowUs()));
          else live.push(track.read(chunk).map((frame) => readFrame(name, track, frame)));
        });
        if (track.announced !== null) options.onAnnounced?.(track.announced);
        const dropped = track.takeDrops();
        if (dropped !== null) options.onDropped?.(name, dropped);
        if (track === this.#tracks[0]) this.#lastDropMs = track.isPatient ? performance.now() : null;
      };
      const lead = (chunk: Uint8Array) => (reads === undefined ? take(chunk) : reads.lead(() => take(chunk)));
      return [[pipe, name === "video" ? lead : take] as const];
    });
    const outputs = new Map(tracks);
    const { feed } = plan.source;
    let detach: (() => void) | undefined;
    this.#process = new FfmpegProcess({
      path: ffmpegPath,
      args: plan.args,
      outputs,
      through: options.through ?? "pipes",
      onPipe: (pipe, stream) => {
        const take = pipe === plan.audio?.pipe ? outputs.get(pipe) : undefined;
        if (take !== undefined) reads?.follow(stream, take, () => live === null || !live.isHolding);
      },
      onOutputEnd: (pipe) => {
        reads?.release();
        this.#guard(() => {
          live?.end();
          const rest = this.#tracks.flatMap((track) => track.rest());
          if (rest.length > 0) options.onPackets(rest);
        });
        options.onTrackEnd?.(pipe === plan.video?.pipe ? "video" : "audio");
      },
      onStderrLine: (line) => {
        options.onFfmpegLine(line);
        this.#hear(line, options);
      },
      onInfoLine: (line) => {
        options.onInfoLine?.(line);
        this.#lastSegment = /HLS request for url '(.+)', offset/.exec(line)?.[1] ?? this.#lastSegment;
        this.#hear(line, options);
      },
      redact: redactor(plan.source.url),
      stdin: feed && ((stdin) => void (detach = feed.attach(stdin, (failure) => this.#fail(failure)))),
    });
    this.ended = this.#process.exited
      .finally(() => detach?.())
      .then((exit) => this.#judge(exit, plan))
      .catch(async (failure: unknown) => {
        const { device } = plan.source;
        throw failure instanceof UserError && device !== null
          ? ((await options.explain?.(failure, device)) ?? failure)
          : failure;
      });
  }

  #liveFrames({ source, video }: ProcessPlan, { isFollowed = false, onPackets }: CaptureOptions) {
    if (source.clock !== "live" && source.clock !== "rtp") return null;
    const guard = (read: () => void) => this.#guard(read);
    return new LiveFrames<PipeFrame>({
      ...{ hasTrackClocks: source.clock === "rtp", isFollowed },
      heldUs: ((video?.heldFrames ?? 0) * 1e6) / (video?.fps ?? USUAL_FPS),
      ...{ nowUs, onPackets, guard },
      packets: ({ pipe, frame }, timeUs, arrivalUs) => pipe.packets(frame, timeUs, arrivalUs),
    });
  }

  get lastSegment(): string | null {
    return this.#lastSegment;
  }

  get droppedFrames(): number {
    return this.#tracks.reduce((sum, track) => sum + track.droppedFrames, 0);
  }

  get lastDropMs(): number | null {
    return this.#lastDropMs;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#process.stop();
  }

  kill(): void {
    this.#isStopped = true;
    this.#process.kill();
  }

  /** Frames stamped by an unknown clock are of no use, and ffmpeg reports each of them. */
  #hear(line: string, { onDriverChange, onDecodingRefused }: CaptureOptions): void {
    if (isRefusedByHardware(line)) onDecodingRefused?.(ownWords(line, this.label));
    const change = driverChangeOf(line);
    if (change === null) return;
    if (change.kind !== "unknown-clock") return onDriverChange?.(change);
    this.#guard(() => {
      throw new ForeignClockError("its driver timestamps frames with an unknown clock");
    });
  }

  /** Bytes that cannot be read end the process: what follows them means nothing. Of one that is to end, they are no failure. */
  #guard(read: () => void): void {
    if (this.#failure !== null) return;
    try {
      read();
    } catch (error) {
      this.#fail(inputFailure(this.label, error));
    }
  }

  #fail(failure: Error): void {
    if (!this.#isStopped) this.#failure ??= failure;
    this.#process.kill();
  }

  #judge(exit: Exit, plan: ProcessPlan): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isStopped) return;
    // What is live has no end: with 0 ffmpeg also tells of a camera that was unplugged, of a server that has gone.
    if (exit.code !== 0 || !plan.source.hasEnd) throw failureOf(this.label, exit, demuxerOf(plan.source));
    this.#guard(() => this.#tracks.forEach((track) => track.end()));
    if (this.#failure !== null) throw this.#failure;
  }
}

const USUAL_FPS = 30;

interface PipeFrame {
  readonly pipe: NutTrack;
  readonly frame: NutFrameEvent;
}

function readFrame(track: TrackName, pipe: NutTrack, frame: NutFrameEvent): ReadFrame<PipeFrame> {
  return { track, ptsUs: frame.presentationTimeUs, frame: { pipe, frame } };
}

/** What is wrong with an input's bytes, for the user; any other error is a bug and stays as it is. */
export function inputFailure(label: string, error: unknown): Error {
  if (error instanceof ReorderedPicturesError) {
    const remedy = label === "stdin" ? OF_RAW_STREAM : "remove --copy to re-encode it";
    const message = `${label} sends B-frames without presentation times; ${remedy}`;
    return new UserError("brokenInput", message, { cause: error });
  }
  if (error instanceof ForeignClockError) {
    const message = `${label}: ${error.message}; set the system clock or the device's own`;
    return new UserError("brokenInput", message, { cause: error });
  }
  if (error instanceof CorruptInputError) {
    const advice =
      error instanceof NotAnnexBError ? "; other formats can be read from a file or named pipe" : "";
    return new UserError("brokenInput", `${label}: ${error.message}${advice}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

const OF_RAW_STREAM = "turn B-frames off in the encoder (x264: -bf 0), or send MPEG-TS through a named pipe";

function reorderingOf({ source, video }: ProcessPlan): NutTrackOptions {
  const fps = source.video?.fps ?? null;
  return { reordering: video?.reordering, frameUs: fps === null ? null : 1e6 / fps };
}

/** The wall clock in microseconds, carried on by the monotonic clock: it does not step. */
export function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
