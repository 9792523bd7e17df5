import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Exchange } from "./exchange.ts";

/** Stands for a response that a stream's own bytes have begun. */
export const streamed: Response = new Response(null);

/** Sends what the routes have answered. A client that leaves meanwhile is nobody's failure. */
export async function respond({ kind, request, response }: Exchange, answer: Response): Promise<void> {
  if (answer === streamed || response.headersSent || response.destroyed) return;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers)
    if (kind !== "http/2" || name !== "connection") response.setHeader(name, value);
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (answer.body === null || request.method === "HEAD") {
    await answer.body?.cancel();
    response.end();
    return;
  }
  await pipeline(Readable.fromWeb(answer.body), response).catch(() => response.destroy());
}
