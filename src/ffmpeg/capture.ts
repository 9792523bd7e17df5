import type { Device } from "../devices/device.ts";
import { redactor } from "../devices/redact.ts";
import { UserError } from "../errors.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { ReorderedPicturesError } from "../media/h264/track.ts";
import type { Packet } from "../media/packet.ts";
import { epochClock, ForeignClockError, ownClock } from "../timing/input-clock.ts";
import { type DriverChange, driverChangeOf } from "./driver-change.ts";
import { NutTrack } from "./nut-pipe.ts";
import type { ProcessPlan } from "./plan.ts";
import { type Exit, FfmpegProcess } from "./process.ts";
import { demuxerOf, failureOf } from "./reason.ts";

/** One input being captured: its packets go out until it ends, fails or is stopped. */
export interface Capture {
  readonly label: string;
  /** Resolves at the input's own end, or once stopped; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  /** Pictures that came and could not be used, for want of an IDR before them. */
  readonly droppedFrames: number;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
  kill(): void;
}

export interface CaptureOptions {
  readonly onPackets: (packets: readonly Packet[]) => void;
  /** A track has come to its end: the process goes on with the other, or is about to end. */
  readonly onTrackEnd?: (track: "video" | "audio") => void;
  readonly onFfmpegLine: (line: string) => void;
  /** How far the system's clock has been set since this process began; without it, it is taken not to be. */
  readonly setUs?: () => number;
  readonly onDriverChange?: (change: DriverChange) => void;
  /** Adds to a failure what the machine knows of the device: who holds it, who may open it. */
  readonly explain?: (failure: UserError, device: Device) => Promise<UserError>;
}

/** One ffmpeg, from its pipes' bytes to packets in common time. */
export class FfmpegCapture implements Capture {
  readonly label: string;
  readonly ended: Promise<void>;
  readonly #process: FfmpegProcess;
  readonly #tracks: readonly NutTrack[];
  #failure: Error | null = null;
  #isStopped = false;

  constructor(ffmpegPath: string, plan: ProcessPlan, options: CaptureOptions) {
    this.label = plan.source.label;
    const clock =
      plan.source.clock === "epoch" ? epochClock(plan.baseS, options.setUs ?? (() => 0)) : ownClock();
    const pipes = [plan.video, plan.audio].flatMap((track) => (track === null ? [] : [track.pipe]));
    const tracks = new Map(pipes.map((pipe) => [pipe, new NutTrack(clock)]));
    this.#tracks = [...tracks.values()];
    const outputs = [...tracks].map(([pipe, track]) => {
      const onChunk = (chunk: Uint8Array) => this.#guard(() => options.onPackets(track.push(chunk, nowUs())));
      return [pipe, onChunk] as const;
    });
    this.#process = new FfmpegProcess({
      path: ffmpegPath,
      args: plan.args,
      outputs: new Map(outputs),
      onOutputEnd: (pipe) => options.onTrackEnd?.(pipe === plan.video?.pipe ? "video" : "audio"),
      onStderrLine: (line) => {
        options.onFfmpegLine(line);
        this.#hear(line, options);
      },
      onInfoLine: (line) => this.#hear(line, options),
      redact: redactor(plan.source.url),
    });
    this.ended = this.#process.exited
      .then((exit) => this.#judge(exit, plan))
      .catch(async (failure: unknown) => {
        const { device } = plan.source;
        throw failure instanceof UserError && device !== null
          ? ((await options.explain?.(failure, device)) ?? failure)
          : failure;
      });
  }

  get droppedFrames(): number {
    return this.#tracks.reduce((sum, track) => sum + track.droppedFrames, 0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#process.stop();
  }

  kill(): void {
    this.#isStopped = true;
    this.#process.kill();
  }

  /** Pictures of a clock that nobody knows are of no use, and ffmpeg says so of each. */
  #hear(line: string, { onDriverChange }: CaptureOptions): void {
    const change = driverChangeOf(line);
    if (change === null) return;
    if (change.kind !== "unknown-clock") return onDriverChange?.(change);
    this.#guard(() => {
      throw new ForeignClockError("its driver stamps pictures with a clock that nobody knows");
    });
  }

  /** Bytes that cannot be read end the process: what follows them means nothing. Of one that is to end, they are no failure. */
  #guard(read: () => void): void {
    if (this.#failure !== null) return;
    try {
      read();
    } catch (error) {
      if (!this.#isStopped) this.#failure = inputFailure(this.label, error);
      this.#process.kill();
    }
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

/** What is wrong with an input's bytes, for the user; any other error is a bug and stays as it is. */
export function inputFailure(label: string, error: unknown): Error {
  if (error instanceof ReorderedPicturesError) {
    return new UserError(
      "brokenInput",
      `${label} has B-frames, which cannot be passed through live: leave --copy out, so that it is re-encoded`,
      { cause: error },
    );
  }
  if (error instanceof ForeignClockError) {
    return new UserError("brokenInput", `${label}: ${error.message}: set the system's clock, or its own`, {
      cause: error,
    });
  }
  if (error instanceof CorruptInputError) {
    return new UserError("brokenInput", `${label}: ${error.message}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The wall clock in microseconds, carried on by the monotonic clock: it does not step. */
export function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
