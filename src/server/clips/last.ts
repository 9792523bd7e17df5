import { type Answer, type Headers, refusal } from "../http/answer.ts";

const MS_PER_UNIT: Readonly<Record<string, number>> = { "": 1000, s: 1000, m: 60_000 };
/** As `--history` has it. */
const MAX_MS = 600_000;

/** How much of a stream `last` in a query asks for, in milliseconds: without it all; the answer where it says nothing. */
export function askedLastMs(query: string, headers: Headers): number | Answer {
  const texts = new URLSearchParams(query).getAll("last");
  const [text] = texts;
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (texts.length > 1) return refusal(400, "last may be given only once", headers);
  const [, count, unit = ""] = /^(\d{1,6}(?:\.\d{1,3})?)([sm]?)$/.exec(text) ?? [];
  const lastMs = Number(count) * (MS_PER_UNIT[unit] ?? 0);
  if (lastMs > 0 && lastMs <= MAX_MS) return lastMs;
  return refusal(400, "last must be a time up to 10m, e.g. 30s", headers);
}
