import type { Admitted } from "../../auth/request.ts";
import type { Mp4Cache } from "../../recordings/mp4-cache.ts";
import { playback } from "../../recordings/playback.ts";
import type { Segment } from "../../recordings/segment.ts";
import { readSegment } from "../../recordings/segment-reader.ts";
import { type Cut, cutsOf } from "../../recordings/span.ts";
import type { StreamHandle } from "../../stream.ts";
import { answerToOther } from "../admission.ts";
import { type Answer, type Answered, emptyAnswer, refusal } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { type AskedRecording, disposition } from "./asked.ts";
import { begun } from "./begun.ts";
import type { Downloads } from "./downloads.ts";
import { serveFile } from "./file-response.ts";
import { serveMp4 } from "./mp4-response.ts";
import { askedSpan, spanOf } from "./query.ts";
import { noSuchRecording, refusalOf } from "./refusals.ts";

export interface RecordingParts {
  readonly streams: () => readonly StreamHandle[];
  readonly downloads: Downloads;
  readonly mp4s: Mp4Cache;
}

type Format = "flv" | "mp4";

/** Answers with one segment of a stream, by its ID: only the catalog knows where that is. */
export function serveSegmentFile(
  parts: RecordingParts,
  exchange: Exchange,
  admitted: Admitted,
  { name, id, format }: { readonly name: string; readonly id: string; readonly format: Format },
): Answered {
  return answered(parts, exchange, admitted, name, (asked) => {
    const { recordings, headers } = asked;
    const found = recordings.list().find((one) => one.id === id);
    if (found === undefined) return noSuchRecording(headers);
    if (format === "flv") return serveSegment(asked, found);
    const why = "this segment is still being recorded: use .flv, or play.mp4 with from and to";
    if (found.state === "recording") return refusal(409, why, headers);
    const whole = { segment: found, fromMs: 0, toMs: Number.POSITIVE_INFINITY };
    return serveMp4(asked, parts.mp4s, [whole], `${id}.mp4`);
  });
}

/** Answers with what was recorded of a stream between two moments, as one file. */
export function serveSpan(
  parts: RecordingParts,
  exchange: Exchange,
  admitted: Admitted,
  { name, format }: { readonly name: string; readonly format: Format },
): Answered {
  return answered(parts, exchange, admitted, name, (asked) => {
    const { recordings, headers } = asked;
    const between = askedSpan(exchange.target.query, headers);
    if ("status" in between) return between;
    const cuts = cutsOf(recordings.list(), spanOf(between));
    if (cuts.length === 0) return refusal(404, "nothing was recorded then", headers);
    return format === "flv" ? servePlayback(asked, cuts) : serveMp4(asked, parts.mp4s, cuts, "recording.mp4");
  });
}

async function answered(
  { streams, downloads }: RecordingParts,
  exchange: Exchange,
  { address, headers }: Admitted,
  name: string,
  then: (asked: AskedRecording) => Answered,
): Promise<Answer> {
  const found = streams().find((stream) => stream.name === name);
  if (found === undefined) return refusal(404, "stream not found", headers);
  const { recordings } = found;
  if (recordings === null) return refusal(404, `"${name}" is not recorded`, headers);
  const other = answerToOther(exchange, "a recording", headers);
  if (other !== null) return other;
  const crowded = exchange.request.method === "GET" ? downloads.enter(exchange, address, headers) : null;
  if (crowded !== null) return crowded;
  try {
    return await then({ name, recordings, exchange, headers });
  } catch (error) {
    return refusalOf(error, headers);
  }
}

/** Answers with the parts of segments as one FLV file, made as it is sent: it has no length and no ranges. */
async function servePlayback(asked: AskedRecording, cuts: readonly Cut[]): Promise<Answer> {
  const { recordings, exchange, headers } = asked;
  const all = {
    ...{ "Content-Type": "video/x-flv", "Accept-Ranges": "none", "Cache-Control": "no-store" },
    ...disposition(asked, "recording.flv"),
    ...headers,
  };
  if (exchange.request.method === "HEAD") return emptyAnswer(200, all);
  return { status: 200, headers: all, body: await begun(playback(recordings, cuts)) };
}

/**
 * Answers with a segment's file, also while it is being written: with what there is of it so far. That has no Last-Modified, as
 * it may change twice within a second (RFC 9110, 8.8.2.2), so that the date of a segment which is done is a strong one.
 */
async function serveSegment(asked: AskedRecording, segment: Segment): Promise<Answer> {
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
