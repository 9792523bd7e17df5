import type { StallRule } from "../../devices/source.ts";
import { UserError } from "../../errors.ts";
import type { Capture, OnPackets } from "../../ffmpeg/capture.ts";
import type { ProcessPlan } from "../../ffmpeg/plan.ts";
import { isFrame, type Packet, type TrackName, trackOf } from "../../media/packet.ts";
import { StallBound } from "../../timing/stall-bound.ts";
import type { SupervisionLimits } from "./limits.ts";

export interface RunOptions extends Pick<SupervisionLimits, "stallMs" | "firstFrameMs"> {
  readonly startCapture: (plan: ProcessPlan, onPackets: OnPackets) => Capture;
}

export interface RunEnd {
  readonly failure: UserError;
  readonly isStall: boolean;
}

/** A look this late was held up itself, as the whole process may have been: what came meanwhile has not been read yet. */
const MAX_LOOK_DELAY_MS = 500;

/** One process from its start to its end, and whether it still sends. */
export class Run {
  readonly capture: Capture;
  /** Null where it ended as it should; rejects with what is our bug. */
  readonly over: Promise<RunEnd | null>;
  /** By this track the process is judged; null where any frame is a sign of life. */
  readonly #judged: TrackName | null;
  readonly #bound: StallBound;
  readonly #rule: StallRule | undefined;
  readonly #firstFrameMs: number;
  readonly #onSilence: () => void;
  #watchdog: NodeJS.Timeout | undefined;
  #lookMs = Number.POSITIVE_INFINITY;
  #isOver = false;
  #hasBegun = false;
  #sentFrames = false;
  #lastFrameMs = performance.now();
  #stall: UserError | null = null;

  constructor(
    plan: ProcessPlan,
    options: RunOptions,
    onPackets: (packets: readonly Packet[], isBeginning: boolean, arrivalUs?: number) => void,
    onStall: (failure: UserError) => void,
  ) {
    this.#judged = judgedTrack(plan);
    this.#bound = stallBound(plan, options);
    this.#rule = plan.source.stall;
    this.#firstFrameMs = options.firstFrameMs;
    this.capture = options.startCapture(plan, (packets, arrivalUs) => {
      if (this.#stall !== null || packets.length === 0) return; // what a hung process still had to say is too late
      this.#note(packets);
      const isBeginning = !this.#hasBegun;
      this.#hasBegun = true;
      onPackets(packets, isBeginning, arrivalUs);
    });
    this.#onSilence = () => this.#stalled(plan, onStall);
    this.#watch();
    this.over = this.#end().finally(() => this.#unwatch());
  }

  /** Ends the process because somebody wants it to: however long it takes to that, it has not stalled. */
  async stop(): Promise<void> {
    this.#unwatch();
    await this.capture.stop();
  }

  /** Of the track that it is judged by. */
  get sentFrames(): boolean {
    return this.#sentFrames;
  }

  /** How long it may be silent by now, in milliseconds. */
  get silenceMs(): number {
    if (!this.#sentFrames) return this.#firstFrameMs;
    switch (this.#rule?.kind) {
      case "never":
        return Number.POSITIVE_INFINITY;
      case "after":
        return Math.max(this.#rule.silenceMs, this.boundMs);
      default:
        return this.boundMs;
    }
  }

  /** The same, by the distance of its frames alone. */
  get boundMs(): number {
    return this.#bound.silenceMs;
  }

  #note(packets: readonly Packet[]): void {
    if (this.#judged !== null && packets.every((packet) => trackOf(packet) !== this.#judged)) return;
    this.#sentFrames = true;
    this.#lastFrameMs = performance.now();
    for (const packet of packets) if (isFrame(packet)) this.#bound.saw(this.#lastFrameMs);
    this.#watch();
  }

  /** The watchdog looks when the silence may have lasted too long; frames that come meanwhile do not move it. */
  #watch(): void {
    const lookMs = this.#lastSignMs + this.silenceMs;
    if (this.#isOver || lookMs >= this.#lookMs) return;
    clearTimeout(this.#watchdog);
    this.#lookMs = lookMs;
    this.#watchdog = setTimeout(() => this.#look(), Math.max(lookMs - performance.now(), 0));
  }

  #unwatch(): void {
    this.#isOver = true;
    clearTimeout(this.#watchdog);
  }

  /** What comes and cannot be used has a limit of its own: the input is not silent. */
  get #lastSignMs(): number {
    return Math.max(this.#lastFrameMs, this.capture.lastDropMs ?? 0);
  }

  #look(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lookMs > MAX_LOOK_DELAY_MS) this.#lastFrameMs = nowMs;
    this.#lookMs = Number.POSITIVE_INFINITY;
    if (nowMs - this.#lastSignMs >= this.silenceMs) this.#onSilence();
    else this.#watch();
  }

  #stalled(plan: ProcessPlan, onStall: (failure: UserError) => void): void {
    this.#unwatch();
    const what = this.#hasBegun && this.#judged !== null ? "no video" : "nothing";
    this.#stall = new UserError(
      "notReady",
      `${plan.source.label} sent ${what} for ${Math.round(this.silenceMs / 1000)} s`,
    );
    onStall(this.#stall);
    void this.capture.stop(); // its end is awaited below
  }

  async #end(): Promise<RunEnd | null> {
    try {
      await this.capture.ended;
      return this.#stall && { failure: this.#stall, isStall: true };
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      return { failure: this.#stall ?? failure, isStall: this.#stall !== null };
    }
  }
}

/**
 * Since ffmpeg 7 each encoder has its own thread: sound goes on beside pictures that hang. Sound that is silent beside
 * living pictures ends no process: many network cameras send none for a while, and the picture would go with it. A
 * file's pictures may be far apart.
 */
function judgedTrack({ source, video, audio }: ProcessPlan): TrackName | null {
  return video !== null && audio !== null && !source.hasEnd ? "video" : null;
}

/** What comes over a network may have been buffered there: only the frames after it tell how far apart they are. */
function stallBound({ source }: ProcessPlan, { stallMs, firstFrameMs }: RunOptions): StallBound {
  const isBuffered = source.device === null && source.clock !== "own";
  const isCamera = source.clock === "none" || source.clock === "rtp";
  const bufferedMs = isCamera ? Math.max(firstFrameMs, UNKNOWN_CAMERA_MS) : firstFrameMs;
  return new StallBound({ leastMs: stallMs, untilKnownMs: isBuffered ? bufferedMs : stallMs });
}

/** A network camera may send a frame a minute. */
const UNKNOWN_CAMERA_MS = 90_000;
