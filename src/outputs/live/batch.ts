import type { Tag } from "../../media/flv/tag.ts";
import type { Batch } from "./sink.ts";

/** The tags, in this order, as one batch; nothing is copied. */
export function toBatch(tags: readonly Tag[]): Batch {
  return batchOf(tags.map((tag) => tag.bytes));
}

/** The parts, in this order, as one batch; nothing is copied. */
export function batchOf(parts: readonly Uint8Array[]): Batch {
  return { parts, byteLength: parts.reduce((total, part) => total + part.length, 0) };
}
