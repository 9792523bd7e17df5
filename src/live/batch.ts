import type { Tag } from "../flv/tag.ts";
import type { Batch } from "./sink.ts";

/** The tags, in this order, as one batch. A single tag's bytes are used as they are, several are copied once. */
export function toBatch(tags: readonly Tag[]): Batch {
  const [first] = tags;
  if (first !== undefined && tags.length === 1) return { bytes: first.bytes };
  return { bytes: Buffer.concat(tags.map((tag) => tag.bytes)) };
}
