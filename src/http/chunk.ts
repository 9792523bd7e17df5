import type { Batch } from "../live/sink.ts";

/** The last chunk of a chunked body, with no trailers (RFC 9112, 7.1). */
export const LAST_CHUNK = Buffer.from("0\r\n\r\n", "latin1");

const framed = new WeakMap<Batch, Buffer>();

/** The batch as one chunk of a chunked body (RFC 9112, 7.1): framed for the first viewer, the same bytes for all. */
export function chunkOf(batch: Batch): Buffer {
  const made = framed.get(batch);
  if (made !== undefined) return made;
  const size = `${batch.bytes.length.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(size.length + batch.bytes.length + 2);
  chunk.write(size, 0, "latin1");
  chunk.set(batch.bytes, size.length);
  chunk.write("\r\n", size.length + batch.bytes.length, "latin1");
  framed.set(batch, chunk);
  return chunk;
}
