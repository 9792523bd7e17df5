import { parseHttpDate } from "./http-date.ts";

/** What a representation is known by. */
export interface Validators {
  /** A strong entity-tag, with its quotes. */
  readonly etag: string;
  /** To the millisecond; null where it has no such date that is strong. */
  readonly modifiedMs: number | null;
}

/** The fields of a request that say when it is to be answered (RFC 9110, 13.1); several of a name joined by commas. */
export type ConditionFields = Readonly<
  Partial<
    Record<
      "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" | "if-range",
      string | undefined
    >
  >
>;

/** Whether a GET or HEAD is answered with the representation, with 304 or with 412, in the order of RFC 9110, 13.2.2. */
export function checkConditions(
  fields: ConditionFields,
  { etag, modifiedMs }: Validators,
): "proceed" | "not-modified" | "failed" {
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = fields;
  const unmodifiedSince = dateOf(fields["if-unmodified-since"]);
  const modifiedSince = dateOf(fields["if-modified-since"]);
  const secondMs = modifiedMs === null ? null : wholeSeconds(modifiedMs);
  if (ifMatch !== undefined) {
    if (!hasTag(ifMatch, etag, "strong")) return "failed";
  } else if (unmodifiedSince !== null && secondMs !== null && secondMs > unmodifiedSince) return "failed";
  if (ifNoneMatch !== undefined) return hasTag(ifNoneMatch, etag, "weak") ? "not-modified" : "proceed";
  const isOld = modifiedSince !== null && secondMs !== null && secondMs <= modifiedSince;
  return isOld ? "not-modified" : "proceed";
}

/** Whether a Range counts in spite of an If-Range, which must name this representation by a strong validator (13.1.5). */
export function holdsIfRange(field: string | undefined, { etag, modifiedMs }: Validators): boolean {
  if (field === undefined || field === etag) return true;
  const date = dateOf(field);
  return date !== null && modifiedMs !== null && date === wholeSeconds(modifiedMs);
}

/** As Last-Modified has it. Never later than now, whatever the clock was then (8.8.2.1). */
export function lastModified(modifiedMs: number, nowMs = Date.now()): string {
  return new Date(Math.min(modifiedMs, nowMs)).toUTCString();
}

/** Members of a list: [ %s"W/" ] DQUOTE *etagc DQUOTE (8.8.3), up to the first that is none. */
const ENTITY_TAGS = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)/gy;

function hasTag(field: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (field === "*") return true;
  return [...field.matchAll(ENTITY_TAGS)].some(
    ([, weak, opaque]) => opaque === etag && (comparison === "weak" || weak === undefined),
  );
}

/** null where it is not there, or no date: then the field is ignored. */
function dateOf(field: string | undefined): number | null {
  return field === undefined ? null : parseHttpDate(field);
}

function wholeSeconds(ms: number): number {
  return ms - (ms % 1000);
}
