import { DiskError } from "./disk.ts";
import type { Segment, StreamRecordings } from "./segment.ts";

/** At once; what a disk gives in some milliseconds. */
const PIECE_BYTES = 256 * 1024;

/** The bytes of a segment from `start` to before `end`, one piece at a time, as they are asked for. @throws DiskError */
export async function* readSegment(
  recordings: StreamRecordings,
  segment: Segment,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end; ) {
    const piece = await recordings.read(segment, at, Math.min(PIECE_BYTES, end - at));
    if (piece.length === 0) throw new DiskError("EIO", `${segment.id} has ended at ${at} of ${end} bytes`);
    at += piece.length;
    yield piece;
  }
}
