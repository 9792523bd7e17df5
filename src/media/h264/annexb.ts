import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";

const START_CODE = Buffer.from([0, 0, 1]);

/**
 * Splits a byte stream of whole NAL units (ITU-T H.264, Annex B.1) into views without start codes and without the
 * zero bytes that may stand around them. No copies. Bytes that do not begin with a start code are refused. H.265 has the
 * same byte stream (ITU-T H.265, Annex B).
 *
 * The search is the whole cost of the way from NUT to tags. Measured over 10 KB access units of 720p x264, Node 20, one
 * core: `indexOf` with this needle 6.5 GB/s, a loop over every third byte 2.9, over every byte 0.8. `indexOf(1)` with a
 * look at the two bytes before came to 7.7, but falls to a call a byte where a picture is full of ones.
 */
export function splitAnnexB(bytes: Uint8Array, codec = "H.264"): Uint8Array[] {
  const units: Uint8Array[] = [];
  if (bytes.length === 0) return units;
  const search = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let next = search.indexOf(START_CODE);
  if (next < 0 || trimmedEnd(bytes, 0, next) > 0) throw notAnnexB(bytes, codec);
  while (next >= 0) {
    const start = next + START_CODE.length;
    next = search.indexOf(START_CODE, start);
    const end = trimmedEnd(bytes, start, next < 0 ? bytes.length : next);
    if (end > start) units.push(bytes.subarray(start, end));
  }
  return units;
}

/** The NAL units as a byte stream (Annex B.1), each behind a start code and a zero_byte. */
export function joinAnnexB(units: readonly Uint8Array[]): Buffer {
  const zero = Buffer.alloc(1);
  return Buffer.concat(units.flatMap((unit) => [zero, START_CODE, unit]));
}

/** Without trailing_zero_8bits and the zero_byte of a next start code: a NAL unit never ends in zero (7.4.1). */
function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last--;
  return last;
}

function notAnnexB(bytes: Uint8Array, codec: string): CorruptInputError {
  const got = Buffer.from(bytes.subarray(0, 8)).toString("hex");
  return new CorruptInputError(
    `${codec} access unit of ${bytes.length} bytes: expected a start code 000001, got ${got}`,
  );
}
