import type { Batch } from "../../outputs/live/sink.ts";

/** The batch's bytes and nothing else; those of a single part as they are. */
export function bareBytes({ parts, byteLength }: Batch): Uint8Array {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts, byteLength);
}
