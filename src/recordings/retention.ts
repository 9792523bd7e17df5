import type { DiskSpace } from "./disk.ts";
import type { Segment } from "./segment.ts";

export interface RetentionLimits {
  /** null: for ever. */
  readonly keepMs: number | null;
  /** Of all that is not kept on purpose; null: no limit. */
  readonly maxBytes: number | null;
}

/** What recordings leave of a disk to others. */
export type KeepFree = { readonly bytes: number } | { readonly percent: number };

/** A stream's segments, as many as may go, oldest first. */
export interface Removable<Stream> {
  readonly stream: Stream;
  readonly segments: readonly Segment[];
}

/**
 * What goes by age and by size: whole segments, oldest first.
 *
 * @param segments of one stream that are not kept on purpose, oldest first; the one in work counts, and stays
 */
export function expired(
  segments: readonly Segment[],
  { keepMs, maxBytes }: RetentionLimits,
  nowMs: number,
): readonly Segment[] {
  const oldestMs = keepMs === null ? -Infinity : nowMs - keepMs;
  let excess = maxBytes === null ? 0 : sum(segments) - maxBytes;
  const gone: Segment[] = [];
  for (const segment of segments) {
    if (excess <= 0 && segment.startMs + segment.durationMs >= oldestMs) break;
    if (segment.state === "recording") continue;
    gone.push(segment);
    excess -= segment.bytes;
  }
  return gone;
}

/**
 * What goes where a disk is too full: each time the oldest segment of the stream that has the most, so that a loud stream
 * makes room at its own cost.
 */
export function freeing<Stream>(
  streams: readonly Removable<Stream>[],
  neededBytes: number,
): readonly { readonly stream: Stream; readonly segment: Segment }[] {
  const left = streams.map(({ stream, segments }) => ({ stream, segments, next: 0, bytes: sum(segments) }));
  const gone: { readonly stream: Stream; readonly segment: Segment }[] = [];
  for (let needed = neededBytes; needed > 0; ) {
    const [first, ...others] = left.filter(({ segments, next }) => next < segments.length);
    if (first === undefined) break;
    const most = others.reduce((one, other) => (other.bytes > one.bytes ? other : one), first);
    const segment = most.segments[most.next];
    if (segment === undefined) break;
    most.next++;
    most.bytes -= segment.bytes;
    needed -= segment.bytes;
    gone.push({ stream: most.stream, segment });
  }
  return gone;
}

const DEFAULT_FREE_BYTES = 1_000_000_000;
const DEFAULT_FREE_PERCENT = 5;

/** How many bytes of a disk are to be free. @param keepFree null: 1 GB or 5 %, whichever is larger */
export function wantedFreeBytes(keepFree: KeepFree | null, { totalBytes }: DiskSpace): number {
  const part = (percent: number) => Math.round((totalBytes * percent) / 100);
  if (keepFree === null) return Math.max(DEFAULT_FREE_BYTES, part(DEFAULT_FREE_PERCENT));
  return "percent" in keepFree ? part(keepFree.percent) : keepFree.bytes;
}

const sum = (segments: readonly Segment[]) => segments.reduce((bytes, segment) => bytes + segment.bytes, 0);
