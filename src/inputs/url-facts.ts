import type { IncomingMessage } from "node:http";
import { isSegmented, type UrlFacts } from "../devices/media.ts";
import { type Playlist, parsePlaylist } from "../devices/playlist.ts";
import type { InputStreams } from "../devices/streams.ts";
import { askHttp } from "./http-answer.ts";

const ANSWER_MS = 5000;
const MAX_PLAYLIST_BYTES = 1024 * 1024;

/** These hold an index of the whole: nobody makes them while they are sent, and a duration in them is true. */
const NEVER_LIVE = ["mov", "avi", "wav", "mxf"];

/**
 * What a server's answer tells where ffmpeg's listing leaves a question: whether a stream with a duration is live all the
 * same (HTTP-FLV of a relay has the metadata of the file that it plays), and how long the segments of a playlist are. A
 * server that does not answer tells nothing.
 */
export async function urlFacts(url: string, streams: InputStreams, answerMs = ANSWER_MS): Promise<UrlFacts> {
  const isDoubtful = streams.hasDuration && !NEVER_LIVE.includes(streams.demuxer);
  if (!/^https?:/i.test(url)) return { isLive: false, segmentMs: null };
  if (isSegmented(streams)) {
    const playlist = streams.hasDuration ? null : await readPlaylist(url);
    return { isLive: false, segmentMs: playlist?.segmentMs ?? null };
  }
  if (!isDoubtful) return { isLive: false, segmentMs: null };
  const signal = AbortSignal.timeout(answerMs); // redirects and challenges among it
  const answer = await askHttp(url, { headers: { range: "bytes=0-" }, signal }).catch(() => null);
  answer?.destroy();
  return { isLive: answer !== null && isEndless(answer), segmentMs: null };
}

/** The playlist of media segments behind a URL, through a master playlist; null where there is none. */
export async function readPlaylist(url: string): Promise<Playlist | null> {
  try {
    const [playlist, at] = await playlistAt(url);
    if (playlist.variant === null) return playlist;
    return (await playlistAt(new URL(playlist.variant, at).href))[0];
  } catch {
    return null;
  }
}

/** A playlist, and the URL that its addresses count from: where a redirect has led. */
async function playlistAt(url: string): Promise<readonly [Playlist, string]> {
  let at = url;
  const onRedirect = (to: string) => void (at = to);
  const answer = await askHttp(url, { signal: AbortSignal.timeout(ANSWER_MS), onRedirect });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_PLAYLIST_BYTES) break;
  }
  return [parsePlaylist(Buffer.concat(chunks).toString()), at];
}

/** A live stream has no length, and no range of it can be had. */
export function isEndless({ statusCode, headers }: IncomingMessage): boolean {
  return (
    statusCode === 200 && headers["content-length"] === undefined && headers["accept-ranges"] !== "bytes"
  );
}
