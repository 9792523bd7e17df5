import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "./random.ts";
import type { Target } from "./streams.ts";

/** Where the stream is, and what a visitor may use. */
export interface Visited {
  readonly target: Target;
  readonly random: Random;
  /** A path for a recording. */
  readonly path: string;
  /** Raised when the visit is to end early. */
  readonly signal: AbortSignal;
}

/** One who comes, does what it does and goes. @returns what is wrong with what it got; null where nothing is */
export type Visitor = (visited: Visited) => Promise<string | null>;

/** Waits, or until the visit is to end. */
export async function waits(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
