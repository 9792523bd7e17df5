import { TagType } from "../media/flv/layout.ts";
import { type Faults, inMs } from "./faults.ts";
import { placeOf, type TagUnit, tagType } from "./unit.ts";

/** A tag that fell this far was meant to go on: 2^24 ms, 4 h 39 min. */
export const WRAP_MS = 2 ** 24;
/** A day before 2^31 ms. */
const NEAR_END_MS = 2 ** 31 - 86_400_000;

const knownTypes: readonly number[] = Object.values(TagType);

/** Judges the eleven bytes before a tag's body (Adobe FLV 10.1, E.4.1). Says whether the body can be read. */
export function judgeTagHeader(tag: TagUnit, faults: Faults): boolean {
  const place = placeOf(tag);
  const type = tagType(tag);
  const reserved = tag.typeByte >> 6;
  const isEncrypted = (tag.typeByte & 0x20) !== 0;
  if (tag.streamId !== 0) faults.report("tag-stream-id", `${tag.streamId}, expected 0`, place);
  if (reserved !== 0) faults.report("tag-reserved-bits", `type byte 0x${tag.typeByte.toString(16)}`, place);
  if (!knownTypes.includes(type)) faults.report("tag-type-unknown", `type ${type}`, place);
  else if (isEncrypted) faults.report("tag-encrypted", `type byte 0x${tag.typeByte.toString(16)}`, place);
  judgeRange(tag, faults);
  return knownTypes.includes(type) && !isEncrypted && !judgeEmpty(tag, faults);
}

function judgeRange(tag: TagUnit, faults: Faults): void {
  const { timestampMs } = tag;
  const measure = inMs(timestampMs);
  if (timestampMs < 0) faults.report("timestamp-negative", `${timestampMs} ms`, placeOf(tag), measure);
  if (timestampMs > NEAR_END_MS)
    faults.report("timestamp-near-end", `${timestampMs} ms of at most 2147483647`, placeOf(tag), measure);
}

function judgeEmpty(tag: TagUnit, faults: Faults): boolean {
  if (tag.body.length > 0) return false;
  faults.report("tag-empty", `type ${tagType(tag)}, DataSize 0`, placeOf(tag));
  return true;
}
