import type { InputStatus, StreamStatus } from "../stream.ts";

export interface WatchdogLimits {
  /** No frames for so long is a stall: `--stall`. */
  readonly stallMs: number;
  readonly firstFrameMs: number;
  /** The supervisor's longest pause before it tries again. */
  readonly longestPauseMs: number;
}

type Watched = Pick<StreamStatus, "name" | "state" | "inputs">;

/** An input may be silent for so many stalls: the supervisor acts on the first. */
const ALLOWED_STALLS = 3;

/** What of an input changes when frames come, or the supervisor has done something about it. */
interface Activity {
  readonly mark: string;
  readonly sinceMs: number;
}

/**
 * Watches the supervisors of the inputs: says whether each is in a state that the supervisor means it to be in.
 * It depends on nothing but the statuses that it is shown and the times at which it sees them: those within the statuses
 * are of a clock that may be set.
 */
export class InputWatchdog {
  readonly #limits: () => WatchdogLimits;
  #activities = new Map<string, Activity>();

  /** @param limits asked at each look: a reload may change them */
  constructor(limits: () => WatchdogLimits) {
    this.#limits = limits;
  }

  /**
   * The label of an input that had neither frames nor a restart in its time; null while all is as it should be. `nowMs`: by
   * a clock that only grows.
   */
  stalledInput(statuses: readonly Watched[], nowMs: number): string | null {
    const inputs = statuses
      .filter(({ state }) => state !== "ended")
      .flatMap((status) => status.inputs.map((input, index) => ({ key: `${status.name} ${index}`, input })));
    this.#activities = new Map(inputs.map(({ key, input }) => [key, this.#activity(key, input, nowMs)]));
    const late = inputs.find(
      ({ key, input }) => nowMs > this.#dueMs(input, this.#activities.get(key)?.sinceMs ?? nowMs),
    );
    return late?.input.label ?? null;
  }

  #activity(key: string, { state, restarts, retryAtMs, lastFrameMs }: InputStatus, nowMs: number): Activity {
    const mark = `${state} ${restarts} ${retryAtMs} ${lastFrameMs}`;
    const before = this.#activities.get(key);
    return before?.mark === mark ? before : { mark, sinceMs: nowMs };
  }

  /** Until when an input may stay as it is. */
  #dueMs({ state, maxSilenceMs }: InputStatus, sinceMs: number): number {
    const { stallMs, firstFrameMs, longestPauseMs } = this.#limits();
    const silenceMs = ALLOWED_STALLS * stallMs;
    const slowMs = ALLOWED_STALLS * (maxSilenceMs ?? Number.POSITIVE_INFINITY);
    switch (state) {
      case "running":
        return sinceMs + Math.max(silenceMs, slowMs);
      case "starting":
        return sinceMs + Math.max(silenceMs, Math.max(firstFrameMs, maxSilenceMs ?? 0) + stallMs);
      case "waiting":
        return sinceMs + longestPauseMs + silenceMs;
      case "ended":
        return Number.POSITIVE_INFINITY;
    }
  }
}
