import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Answer, streamed } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** Sends what the routes have answered. A client that leaves meanwhile is nobody's failure. */
export async function respond(
  { request, response }: Pick<Exchange, "request" | "response">,
  answer: Answer,
): Promise<void> {
  const { status, headers, body } = answer;
  if (answer === streamed || response.headersSent || response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body)
    await pipeline(body, response).catch((error: unknown) => {
      response.destroy();
      if (!(error instanceof Error && "code" in error)) throw error; // what has one is a client's leaving, or a disk's
    });
  else if (body === null || request.method === "HEAD") response.end();
  else response.end(body);
}
