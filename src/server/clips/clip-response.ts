import type { IncomingMessage } from "node:http";
import type { Admitted } from "../../auth/request.ts";
import { type ClipFile, piecesOf } from "../../recordings/clip.ts";
import type { Mp4Cache } from "../../recordings/mp4-cache.ts";
import { segmentId } from "../../recordings/segment-path.ts";
import type { StreamHandle } from "../../stream.ts";
import { answerToOther } from "../admission.ts";
import { type Answer, type Headers, refusal, refusalForNow } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { type Asked, disposition } from "../recordings/asked.ts";
import type { Downloads } from "../recordings/downloads.ts";
import { serveFile } from "../recordings/file-response.ts";
import { serveMadeMp4 } from "../recordings/mp4-response.ts";
import { refusalOf } from "../recordings/refusals.ts";
import type { RecentClips } from "./recent-clips.ts";

export interface ClipParts {
  readonly streams: () => readonly StreamHandle[];
  readonly mp4s: Mp4Cache;
  /** Each one keeps what is in it in memory. */
  readonly clipDownloads: Downloads;
  readonly recentClips: RecentClips;
}

export async function serveClip(
  { streams, mp4s, clipDownloads, recentClips }: ClipParts,
  exchange: Exchange,
  { address, headers }: Admitted,
  { name, format }: { readonly name: string; readonly format: "flv" | "mp4" },
): Promise<Answer> {
  const stream = streams().find((one) => one.name === name);
  if (stream === undefined) return refusal(404, "stream not found", headers);
  const other = answerToOther(exchange, "a clip", headers);
  if (other !== null) return other;
  const lastMs = askedLastMs(exchange.target.query, headers);
  if (typeof lastMs !== "number") return lastMs;
  const { request } = exchange;
  const crowded = request.method === "GET" ? clipDownloads.enter(exchange, address, headers) : null;
  if (crowded !== null) return crowded;
  const key = `${address} ${name} ${format} ${lastMs}`;
  const clip = (continues(request) ? recentClips.find(key) : null) ?? newClip(stream, lastMs, headers);
  if ("status" in clip) return clip;
  recentClips.add(key, clip);
  try {
    return await (format === "flv" ? sendFlv : sendMp4)({ name, exchange, headers }, clip, mp4s);
  } catch (error) {
    return refusalOf(error, headers);
  }
}

/** It asks for more of what it has got of late, or of what it knows by its tag. */
function continues({ headers }: IncomingMessage): boolean {
  const { range } = headers;
  const isRest = range !== undefined && !/^bytes=0-$/.test(range);
  return isRest || ["if-range", "if-match", "if-none-match"].some((name) => headers[name] !== undefined);
}

function newClip(stream: StreamHandle, lastMs: number, headers: Headers): ClipFile | Answer {
  const { name } = stream;
  const clip = stream.clip(lastMs);
  switch (clip.kind) {
    case "none":
      return refusal(404, `"${name}" keeps nothing for clips: start it with --history, e.g. 30s`, headers);
    case "not-yet":
      return refusalForNow(503, `"${name}" has sent no key frame yet`, headers);
    case "flv":
      return clip.file;
  }
}

async function sendFlv(asked: Asked, clip: ClipFile): Promise<Answer> {
  const { exchange, headers } = asked;
  const file = {
    ...{ sizeBytes: clip.bytes, isGrowing: false, etag: `"${tagOf(clip)}"`, modifiedMs: null },
    headers: { "Content-Type": "video/x-flv", ...disposition(asked, `${segmentId(clip.startMs, 1)}.flv`) },
    read: (start: number, end: number) => read(clip, start, end),
  };
  return await serveFile(file, exchange.request, headers);
}

async function sendMp4(asked: Asked, clip: ClipFile, mp4s: Mp4Cache): Promise<Answer> {
  const source = { key: `clip ${asked.name} ${tagOf(clip)}`, flv: () => piecesOf(clip) };
  return await serveMadeMp4(asked, mp4s, source, `${segmentId(clip.startMs, 1)}.mp4`);
}

/** Two clips of one stream that are alike in this are the same. */
function tagOf({ startMs, durationMs, bytes }: ClipFile): string {
  return ["clip", Math.round(startMs), Math.round(durationMs), bytes].join("-");
}

async function* read(clip: ClipFile, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  yield* piecesOf(clip, start, end);
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { "": 1000, s: 1000, m: 60_000 };
/** As `--history` has it. */
const MAX_MS = 600_000;

/** How much of a stream `last` in a query asks for, in milliseconds: without it all; the answer where it says nothing. */
function askedLastMs(query: string, headers: Headers): number | Answer {
  const texts = new URLSearchParams(query).getAll("last");
  const [text] = texts;
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (texts.length > 1) return refusal(400, "last may be given only once", headers);
  const [, count, unit = ""] = /^(\d{1,6}(?:\.\d{1,3})?)([sm]?)$/.exec(text) ?? [];
  const lastMs = Number(count) * (MS_PER_UNIT[unit] ?? 0);
  if (lastMs > 0 && lastMs <= MAX_MS) return lastMs;
  return refusal(400, "last must be a time up to 10m, e.g. 30s", headers);
}
