import type { Span } from "../../recordings/span.ts";
import { type Answer, type Headers, refusal } from "../http/answer.ts";

/** Of the wall clock, in milliseconds since 1970; null where the query does not say. */
export interface AskedSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What `from` and `to` in a query say, or the answer where they say nothing. */
export function askedSpan(query: string, headers: Headers): AskedSpan | Answer {
  const fields = new URLSearchParams(query);
  try {
    const [fromMs, toMs] = [momentIn(fields, "from"), momentIn(fields, "to")];
    if (fromMs !== null && toMs !== null && fromMs >= toMs) throw new BadMoment("from must be before to");
    return { fromMs, toMs };
  } catch (error) {
    if (error instanceof BadMoment) return refusal(400, error.message, headers);
    throw error;
  }
}

/** All that was recorded, where the query does not say. */
export function spanOf({ fromMs, toMs }: AskedSpan): Span {
  return { fromMs: fromMs ?? 0, toMs: toMs ?? Number.POSITIVE_INFINITY };
}

class BadMoment extends Error {
  override readonly name = "BadMoment";
}

/** Until when a Date counts (ECMA-262, "Time Values and Time Range"). */
const MAX_MS = 8.64e15;

function momentIn(fields: URLSearchParams, name: string): number | null {
  const [text, ...more] = fields.getAll(name);
  if (text === undefined) return null;
  if (more.length > 0) throw new BadMoment(`${name} may be given only once`);
  const ms = /^\d{1,16}$/.test(text) ? Number(text) : parseRfc3339(text);
  if (ms === null || ms > MAX_MS)
    throw new BadMoment(`${name} must be a time such as 2026-11-29T14:05:00Z, or in milliseconds since 1970`);
  return ms;
}

/** date-time (RFC 3339, 5.6); null for any other text. In a query, an offset's plus stands for a space. */
function parseRfc3339(text: string): number | null {
  const [, date = "", time = "", offset = ""] =
    /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+ -]\d{2}:\d{2})$/.exec(text) ?? [];
  const ms = Date.parse(`${date}T${time}${offset.replace(" ", "+").toUpperCase()}`);
  const isOnCalendar = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(date.slice(8));
  return Number.isNaN(ms) || !isOnCalendar ? null : ms; // 30 February is read as 2 March
}
