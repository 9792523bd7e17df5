import { playback } from "../../recordings/playback.ts";
import type { Cut } from "../../recordings/span.ts";
import { type Answer, emptyAnswer } from "../http/answer.ts";
import { type AskedRecording, disposition } from "./asked.ts";
import { begun } from "./begun.ts";

/** Answers with the parts of segments as one FLV file, made as it is sent: it has no length and no ranges. */
export async function servePlayback(asked: AskedRecording, cuts: readonly Cut[]): Promise<Answer> {
  const { recordings, exchange, headers } = asked;
  const all = {
    ...{ "Content-Type": "video/x-flv", "Accept-Ranges": "none", "Cache-Control": "no-store" },
    ...disposition(asked, "recording.flv"),
    ...headers,
  };
  if (exchange.request.method === "HEAD") return emptyAnswer(200, all);
  return { status: 200, headers: all, body: await begun(playback(recordings, cuts)) };
}
