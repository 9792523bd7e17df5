import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

/** On a busy machine an answer takes seconds; what takes longer hangs. */
const PATIENCE_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Asks once, over a connection of its own, plain or TLS. @throws when there is no whole answer in time */
export async function ask(url: string, method = "GET"): Promise<Answer> {
  const request = url.startsWith("https:") ? requestTls : requestPlain;
  return await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const options = { method, agent: false, rejectUnauthorized: false, signal };
    const asking = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    asking.on("error", reject).end();
  });
}
