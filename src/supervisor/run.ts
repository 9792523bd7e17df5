import type { Packet } from "../codec/packet.ts";
import { UserError } from "../failure.ts";
import type { Capture } from "../ffmpeg/capture.ts";
import type { Plan } from "../ffmpeg/plan.ts";

export interface RunOptions {
  readonly startCapture: (plan: Plan, onPackets: (packets: readonly Packet[]) => void) => Capture;
  /** No frames for so long is a failure. */
  readonly stallMs: number;
  /** How long a process may take to its first frame. */
  readonly firstFrameMs: number;
}

interface RunEnd {
  readonly failure: UserError;
  readonly isStall: boolean;
}

/** One process from its start to its end, and whether it still sends. */
export class Run {
  readonly capture: Capture;
  /** Null where it ended as it should; rejects with what is our bug. */
  readonly over: Promise<RunEnd | null>;
  #sentFrames = false;
  #lastFrameMs = performance.now();
  #stall: UserError | null = null;

  constructor(
    plan: Plan,
    { startCapture, stallMs, firstFrameMs }: RunOptions,
    onPackets: (packets: readonly Packet[], isBeginning: boolean) => void,
    onStall: (failure: UserError) => void,
  ) {
    this.capture = startCapture(plan, (packets) => {
      if (this.#stall !== null || packets.length === 0) return; // what a hung process still had to say is too late
      const isBeginning = !this.#sentFrames;
      this.#sentFrames = true;
      this.#lastFrameMs = performance.now();
      onPackets(packets, isBeginning);
    });
    const watchdog = setInterval(() => {
      const silentMs = performance.now() - this.#lastFrameMs;
      const allowedMs = this.#sentFrames ? stallMs : firstFrameMs;
      if (silentMs < allowedMs || this.#stall !== null) return;
      this.#stall = new UserError(
        "notReady",
        `${plan.source.label} sent nothing for ${Math.round(allowedMs / 1000)} s`,
      );
      onStall(this.#stall);
      void this.capture.stop(); // its end is awaited below
    }, 250);
    this.over = this.#end().finally(() => clearInterval(watchdog));
  }

  get sentFrames(): boolean {
    return this.#sentFrames;
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
