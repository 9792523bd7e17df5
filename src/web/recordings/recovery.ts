import { RetryDelay } from "../retry-delay.ts";
import type { Failure } from "./recording-words.ts";
import type { DoneAnswer } from "./recordings-api.ts";
import type { RecordedSegment } from "./segments.ts";

export interface RecoveryOptions {
  /** What the server says of the file. */
  readonly probe: (segment: RecordedSegment) => Promise<DoneAnswer>;
  /** Whether it is still the one that is to play. */
  readonly isShown: (segment: RecordedSegment) => boolean;
  readonly retry: () => void;
  /** It was deleted. */
  readonly onGone: (segment: RecordedSegment) => void;
  readonly onChange: () => void;
}

/** Finds out why a segment was not played, and tries again where that may help. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #delay = new RetryDelay();
  #failure: Failure | null = null;
  /** The last one that the server would have sent. */
  #unplayed: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  async failed(segment: RecordedSegment): Promise<void> {
    const answer = await this.#options.probe(segment);
    if (!this.#options.isShown(segment)) return; // the viewer has gone elsewhere meanwhile
    if (answer.kind === "refused" && answer.status === 404) return this.#options.onGone(segment);
    if (answer.kind === "done") this.#unplayedOnce(segment);
    else this.#failAndRetry(answer);
    this.#options.onChange();
  }

  /** Something plays, or something else is wanted. */
  clear(): void {
    if (this.#failure === null && this.#unplayed === null) return;
    clearTimeout(this.#timer);
    this.#failure = null;
    this.#unplayed = null;
    this.#delay.reset();
  }

  /** A token was given, or the network is back. */
  retryNow(): void {
    if (this.#failure === null || this.#failure.kind === "unplayable") return;
    clearTimeout(this.#timer);
    this.#options.retry();
  }

  /** The connection may have broken just then: once more. */
  #unplayedOnce({ id }: RecordedSegment): void {
    if (this.#unplayed === id) this.#failure = { kind: "unplayable" };
    else this.#retrySoon();
    this.#unplayed = id;
  }

  #failAndRetry(answer: Exclude<DoneAnswer, { kind: "done" }>): void {
    this.#failure = answer;
    // Wrong tokens are counted at the gate; of downloads, there may be too many at once.
    if (answer.kind === "unreachable" || answer.status >= 500 || answer.retryAfterMs > 0) this.#retrySoon();
  }

  #retrySoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#options.retry, this.#delay.after(0));
  }
}
