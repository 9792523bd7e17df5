import type { PublicEvent } from "./public-event.ts";

/** Brings one event to where it is wanted, in one attempt or many. Resolves to null when it was handled there; never rejects. */
export type Deliver = (event: PublicEvent, delivery: Delivery) => Promise<Trouble | null>;

export interface Delivery {
  /** When it was queued, by performance.now(). */
  readonly queuedMs: number;
  /** Raised when there is no more time for it. Its reason is "now" if there is none at all. */
  readonly signal: AbortSignal;
  /** It was not handled yet, and there will be another attempt. */
  readonly onTrouble: (trouble: Trouble) => void;
  /** A line that a program has written. */
  readonly onLine: (line: string) => void;
}

export interface Trouble {
  /** What it has in common with others, which are not reported again: `exited with code 1`. */
  readonly kind: string;
  /** What more is known of this one. */
  readonly detail: string | null;
}
