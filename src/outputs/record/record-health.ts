import type { DiskError } from "../../recordings/disk.ts";

/** Why nothing is recorded, and until when. `held`: until it is released. */
type Pause =
  | { readonly kind: "held"; readonly error: DiskError }
  | { readonly kind: "failed"; readonly error: DiskError; readonly retryAtMs: number };

export type RecordState = "recording" | { readonly pausedBecause: DiskError };

/** A disk that has failed is tried again after this. */
const RETRY_MS = 10_000;

/** Whether a stream can be recorded. Failures are told when they change, and not each time that it is tried. */
export class RecordHealth {
  readonly #onState: (state: RecordState) => void;
  #pause: Pause | null = null;
  #told: string | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(onState: (state: RecordState) => void) {
    this.#onState = onState;
  }

  /** It may be tried to write. */
  get isOpen(): boolean {
    const pause = this.#pause;
    return pause === null || (pause.kind === "failed" && performance.now() >= pause.retryAtMs);
  }

  /** The last that was told: it is being recorded. */
  get isRecording(): boolean {
    return this.#told === "recording";
  }

  hold(error: DiskError): void {
    this.#pause = { kind: "held", error };
    this.#tell(error.code, { pausedBecause: error });
  }

  release(): void {
    this.#pause = null;
  }

  /** A process that has ended is replaced at once, unless that happens again and again. */
  fail(error: DiskError): void {
    const nowMs = performance.now();
    const isAtOnce = error.code === "EPIPE" && nowMs - this.#failedAtMs > RETRY_MS;
    this.#failedAtMs = nowMs;
    if (this.#pause?.kind === "held") return;
    this.#pause = { kind: "failed", error, retryAtMs: isAtOnce ? nowMs : nowMs + RETRY_MS };
    this.#tell(error.code, { pausedBecause: error });
  }

  /** What was written is on the disk. */
  succeed(): void {
    if (this.#pause?.kind === "held") return;
    this.#pause = null;
    this.#tell("recording", "recording");
  }

  #tell(what: string, state: RecordState): void {
    if (this.#told === what) return;
    this.#told = what;
    this.#onState(state);
  }
}
