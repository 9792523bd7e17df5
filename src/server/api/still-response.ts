import { UserError } from "../../errors.ts";
import type { StreamHandle } from "../../status.ts";
import { type Answer, type Headers, refusal, refusalForNow } from "../http/answer.ts";

/** Answers with the stream's picture as it is now. */
export async function serveStill(stream: StreamHandle, headers: Headers): Promise<Answer> {
  const { name } = stream.status();
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
      return refusalForNow(503, `"${name}" has no image yet`, headers);
    case "too-old":
      return refusalForNow(503, `"${name}" has sent no key frame for ${ageText(still.takenMs)}`, headers);
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

function ageText(takenMs: number): string {
  return `${Math.round((Date.now() - takenMs) / 1000)} s`;
}
