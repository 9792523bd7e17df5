import type { IncomingMessage } from "node:http";
import { type Answer, emptyAnswer, type Headers, refusal } from "../http/answer.ts";
import { selectRange } from "../http/byte-range.ts";
import {
  type ConditionFields,
  checkConditions,
  holdsIfRange,
  lastModified,
  type Validators,
} from "../http/conditions.ts";
import { begun } from "./begun.ts";

/** A file that a request is judged against. */
export interface ServedFile extends Validators {
  readonly sizeBytes: number;
  /** Its length is not known yet: it has so many bytes for now. */
  readonly isGrowing: boolean;
  /** Its type, and what else is said of it. */
  readonly headers: Headers;
  /** The bytes from `start` to before `end`, as they are asked for. */
  readonly read: (start: number, end: number) => AsyncGenerator<Uint8Array, void>;
}

/**
 * Answers a GET or HEAD with a file, or the part that a Range asks for, under its conditions (RFC 9110, 13 and 14).
 * Rejects with what the first read throws.
 */
export async function serveFile(
  file: ServedFile,
  request: IncomingMessage,
  headers: Headers,
): Promise<Answer> {
  const { sizeBytes, isGrowing, etag, modifiedMs } = file;
  const fields = fieldsOf(request);
  const all: Headers = {
    ...{ ETag: etag, "Accept-Ranges": "bytes" },
    ...(modifiedMs === null ? {} : { "Last-Modified": lastModified(modifiedMs) }),
    "Cache-Control": "private, no-cache", // kept, but asked for each time: a token may be needed by then
    ...headers,
  };
  const outcome = checkConditions(fields, file);
  if (outcome === "failed")
    return refusal(412, "the recording is not the one that the request names", headers);
  if (outcome === "not-modified") return emptyAnswer(304, all);
  const isRanged = request.method === "GET" && holdsIfRange(fields["if-range"], file); // of HEAD, Range is ignored (14.2)
  const selection = selectRange(isRanged ? fields.range : undefined, sizeBytes);
  if (selection.kind === "unsatisfiable")
    return refusal(416, `the recording has ${sizeBytes} bytes`, {
      ...headers,
      ...{ "Accept-Ranges": "bytes", "Content-Range": `bytes */${sizeBytes}` },
    });
  const { first, last } = selection.kind === "part" ? selection : { first: 0, last: sizeBytes - 1 };
  const length = { "Content-Length": String(last - first + 1) };
  const whole: Headers = { ...file.headers, ...all, ...length };
  if (request.method === "HEAD" || sizeBytes === 0) return emptyAnswer(200, whole);
  const body = await begun(file.read(first, last + 1));
  if (selection.kind === "whole") return { status: 200, headers: whole, body };
  // "*": the complete length was not known when this was sent (14.4), and more may be had later (RFC 8673, 2).
  const complete = isGrowing ? "*" : sizeBytes;
  return { status: 206, headers: { ...whole, "Content-Range": `bytes ${first}-${last}/${complete}` }, body };
}

/** Fields that came more than once are lists, in which dates mean nothing; node itself would drop all but the first. */
function fieldsOf({ headersDistinct }: IncomingMessage): ConditionFields & { readonly range?: string } {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(", ")]),
  );
}
