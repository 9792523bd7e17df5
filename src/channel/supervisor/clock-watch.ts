/** Two looks at both clocks differ by less than this, however busy the machine is, unless the system's was set. */
const STEP_MS = 100;
/** What is set shows with the next frame; this is for inputs that send none any more. */
const LOOK_MS = 1000;

/** Told of each step of the system's clock: how far, less than nothing where it was set back. */
export type OnClockSet = (stepMs: number) => void;

/**
 * Holds the system's clock against the monotonic one, and tells when it was set: by a user, by NTP on a machine that has
 * no clock of its own, or because the machine has slept. A clock that drifts, or is slewed, is followed without a word.
 */
export class ClockWatch {
  readonly #offsetMs: () => number;
  readonly #listeners = new Set<OnClockSet>();
  /** While anybody listens. */
  #timer: NodeJS.Timeout | null = null;
  /** The system's clock less the monotonic one, as it was last; both begin as one with the process. */
  #lastMs = 0;
  #setMs = 0;

  constructor(offsetMs: () => number = () => Date.now() - performance.timeOrigin - performance.now()) {
    this.#offsetMs = offsetMs;
    this.#look();
  }

  /** How far the clock has been set since this process began, in microseconds: looked up again each time. */
  get setUs(): number {
    this.#look();
    return this.#setMs * 1000;
  }

  /** Calls `listener` at each step until the returned function is called. */
  onSet(listener: OnClockSet): () => void {
    this.#look(); // what was set before is not told
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #look(): void {
    let offsetMs = this.#offsetMs();
    // This process may have had to wait between its looks at the two clocks: then it has not the second time.
    if (this.#isStep(offsetMs)) offsetMs = this.#offsetMs();
    const stepMs = this.#isStep(offsetMs) ? offsetMs - this.#lastMs : 0;
    this.#lastMs = offsetMs;
    if (stepMs === 0) return;
    this.#setMs += stepMs;
    for (const listener of this.#listeners) listener(stepMs);
  }

  #isStep(offsetMs: number): boolean {
    return Math.abs(offsetMs - this.#lastMs) >= STEP_MS;
  }
}
