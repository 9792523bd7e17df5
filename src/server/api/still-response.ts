import { UserError } from "../../errors.ts";
import type { StreamHandle } from "../../status.ts";
import { refusal, refusalForNow } from "../http/refusal.ts";

/** Answers with the stream's picture as it is now. */
export async function serveStill(
  stream: StreamHandle,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const { name } = stream.status();
  const still = await stream.still().catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (still instanceof UserError)
    return refusal(500, `${name}'s picture cannot be decoded: ${still.message}`, headers);
  switch (still.kind) {
    case "none":
      return refusal(404, `${name} has no picture, it is sound alone`, headers);
    case "not-yet":
      return refusalForNow(503, `${name} has no picture yet`, headers);
    case "jpeg":
      return new Response(new Uint8Array(still.bytes), {
        headers: {
          "Content-Type": "image/jpeg",
          "Content-Length": String(still.bytes.length),
          "Cache-Control": "no-store",
          ...headers,
        },
      });
  }
}
