import { createHash } from "node:crypto";
import type { Mp4Cache, Mp4File, Mp4Input } from "../../recordings/mp4-cache.ts";
import { playback } from "../../recordings/playback.ts";
import { type Cut, playedMs } from "../../recordings/span.ts";
import { type Answer, emptyAnswer, refusal } from "../http/answer.ts";
import { type Asked, type AskedRecording, disposition } from "./asked.ts";
import { serveFile } from "./file-response.ts";

const MAX_PLAYED_MS = 3_600_000;
const PIECE_BYTES = 256 * 1024;

/** Answers with the parts of segments as an MP4 file. @param file what it is called by who keeps it */
export async function serveMp4(
  asked: AskedRecording,
  mp4s: Mp4Cache,
  cuts: readonly Cut[],
  file: string,
): Promise<Answer> {
  const { recordings, headers, name } = asked;
  const tooMuch = tooMuchOf(cuts, mp4s.maxSourceBytes);
  if (tooMuch !== null) return refusal(400, tooMuch, headers);
  const key = [name, ...cuts.map(keyOf)].join(" ");
  return await serveMadeMp4(asked, mp4s, { key, flv: () => playback(recordings, cuts) }, file);
}

/**
 * Answers with an MP4 file, which is made first and then kept for a while. HEAD makes none: it hears of the length only where
 * the file is there.
 */
export async function serveMadeMp4(
  asked: Asked,
  mp4s: Mp4Cache,
  source: Mp4Input,
  file: string,
): Promise<Answer> {
  const { exchange, headers } = asked;
  const { request, response } = exchange;
  const known = { "Content-Type": "video/mp4", ...disposition(asked, file) };
  const left = new AbortController();
  response.once("close", () => left.abort());
  const mp4 = await (request.method === "HEAD" ? mp4s.find(source) : mp4s.open(source, left.signal));
  if (mp4 === null) return emptyAnswer(200, { ...known, ...headers });
  if (response.destroyed) await mp4.close();
  else response.once("close", () => void mp4.close());
  const { sizeBytes, modifiedMs } = mp4;
  const tag = [
    createHash("sha256").update(source.key).digest("hex").slice(0, 16),
    sizeBytes,
    Math.trunc(modifiedMs),
  ];
  const served = { sizeBytes, modifiedMs, isGrowing: false, etag: `"${tag.join("-")}"`, headers: known };
  return await serveFile({ ...served, read: (start, end) => pieces(mp4, start, end) }, request, headers);
}

/** Not of one segment alone: those that are done stay as they are, and of one that is not, what was played stays. */
function keyOf({ segment, fromMs, toMs }: Cut): string {
  const { id, startMs, durationMs, bytes, state } = segment;
  const end = toMs < durationMs ? toMs : state === "recording" ? `${bytes} bytes` : "end";
  return `${id} ${startMs} ${fromMs}-${end}`;
}

function tooMuchOf(cuts: readonly Cut[], maxBytes: number): string | null {
  if (playedMs(cuts) > MAX_PLAYED_MS) return "an .mp4 has at most an hour: ask for less, or for .flv";
  const bytes = cuts.reduce(
    (sum, cut) => sum + (cut.segment.bytes * playedMs([cut])) / Math.max(1, cut.segment.durationMs),
    0,
  );
  return bytes > maxBytes ? "too large for an .mp4: ask for less, or for .flv" : null;
}

async function* pieces(mp4: Mp4File, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end; ) {
    const piece = await mp4.read(at, Math.min(PIECE_BYTES, end - at));
    if (piece.length === 0) throw new Error(`an MP4 file in the cache has ended at ${at} of ${end} bytes`);
    at += piece.length;
    yield piece;
  }
}
