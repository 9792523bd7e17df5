import type { Admitted } from "../../auth/request.ts";
import type { Mp4Cache } from "../../recordings/mp4-cache.ts";
import { cutsOf } from "../../recordings/span.ts";
import type { StreamHandle } from "../../stream.ts";
import { answerToOther } from "../admission.ts";
import { type Answer, type Answered, refusal } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { AskedRecording } from "./asked.ts";
import type { Downloads } from "./downloads.ts";
import { serveMp4 } from "./mp4-response.ts";
import { servePlayback } from "./playback-response.ts";
import { askedSpan, spanOf } from "./query.ts";
import { noSuchRecording, refusalOf } from "./refusals.ts";
import { serveSegment } from "./segment-response.ts";

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
