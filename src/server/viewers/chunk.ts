import type { Batch } from "../../outputs/live/sink.ts";

/** The last chunk of a chunked body, with no trailers (RFC 9112, 7.1). */
export const LAST_CHUNK = Buffer.from("0\r\n\r\n", "latin1");

const CRLF = Buffer.from("\r\n", "latin1");

/** The batch as one chunk of a chunked body (RFC 9112, 7.1). */
export function chunkOf(batch: Batch): Buffer {
  const size = Buffer.from(`${batch.byteLength.toString(16)}\r\n`, "latin1");
  return Buffer.concat([size, ...batch.parts, CRLF], size.length + batch.byteLength + CRLF.length);
}
