import { UserError } from "../../errors.ts";
import type { StreamHandle } from "../../stream.ts";
import { type Answer, emptyAnswer, type Headers, refusal, refusalForNow } from "../http/answer.ts";
import { notStarted } from "../viewers/standby-response.ts";

/** Answers with the stream's picture as it is now. HEAD starts no stream: it hears of a picture without its length. */
export async function serveStill(stream: StreamHandle, headers: Headers, isHead: boolean): Promise<Answer> {
  const { name, standby } = stream;
  if (isHead && standby !== null && standby.failure === null)
    return emptyAnswer(200, { "Content-Type": "image/jpeg", ...headers });
  const still = await stream.still().catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  // A message may name paths.
  if (still instanceof UserError)
    return refusal(500, `cannot decode the image of "${name}" (${still.reason})`, headers);
  switch (still.kind) {
    case "none":
      return refusal(404, `"${name}" has no video`, headers);
    case "not-yet":
      return notStarted(name, standby, headers) ?? refusalForNow(503, `"${name}" has no image yet`, headers);
    case "too-old":
      return refusalForNow(
        503,
        `"${name}" has sent no key frame for ${Math.round((Date.now() - still.takenMs) / 1000)} s`,
        headers,
      );
    case "jpeg":
      return {
        status: 200,
        headers: {
          "Content-Type": "image/jpeg",
          "Content-Length": String(still.bytes.length),
          "Cache-Control": "no-store",
          "Last-Modified": new Date(still.takenMs).toUTCString(),
          ...headers,
        },
        body: still.bytes,
      };
  }
}
