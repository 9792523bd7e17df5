import { UnacceptableError } from "./parse.ts";

const MAX_VIEWERS = 1_000_000;

/** A number of viewers. */
export function parseViewerCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count))
    throw new UnacceptableError("is not a number of viewers: give a whole number", "100");
  if (count < 1 || count > MAX_VIEWERS)
    throw new UnacceptableError(`is out of range: give 1 to ${MAX_VIEWERS}`, "100");
  return count;
}
