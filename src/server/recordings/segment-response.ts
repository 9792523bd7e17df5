import type { Segment } from "../../recordings/segment.ts";
import { readSegment } from "../../recordings/segment-reader.ts";
import type { Answer } from "../http/answer.ts";
import { type AskedRecording, disposition } from "./asked.ts";
import { serveFile } from "./file-response.ts";

/**
 * Answers with a segment's file, also while it is being written: with what there is of it so far. That has no Last-Modified, as
 * it may change twice within a second (RFC 9110, 8.8.2.2), so that the date of a segment which is done is a strong one.
 */
export async function serveSegment(asked: AskedRecording, segment: Segment): Promise<Answer> {
  const { recordings, exchange, headers } = asked;
  const { id, bytes, modifiedMs, state } = segment;
  const isGrowing = state === "recording";
  const tag = [id, bytes, Math.trunc(modifiedMs), ...(isGrowing ? ["growing"] : [])].join("-");
  const file = {
    ...{ sizeBytes: bytes, isGrowing, etag: `"${tag}"`, modifiedMs: isGrowing ? null : modifiedMs },
    headers: { "Content-Type": "video/x-flv", ...disposition(asked, `${id}.flv`) },
    read: (start: number, end: number) => readSegment(recordings, segment, start, end),
  };
  return await serveFile(file, exchange.request, headers);
}
