import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { PostAction } from "../settings/serve-settings.ts";
import { problemOf } from "../system/connection-problem.ts";
import { version } from "../version.ts";

/** How a web server took an event. */
export type Answer =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfter: string | null }
  /** It was not reached, or did not answer in time. */
  | { readonly kind: "failed"; readonly problem: string };

const TIMEOUT_MS = 5000;

/** One POST. Redirects are not followed, and the certificate is verified whatever the environment says. Never rejects. */
export function send({ url, secret }: PostAction, body: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const start = new URL(url).protocol === "https:" ? requestHttps : requestHttp;
    const options = {
      method: "POST",
      agent: false,
      rejectUnauthorized: true,
      headers: headersOf(body, secret),
    };
    const request = start(url, options);
    let answer: Answer = { kind: "failed", problem: "connection closed without an answer" };
    const end = () =>
      request.destroy(new Error(`no answer ${signal.aborted ? "before the end" : "within 5 s"}`));
    const timer = setTimeout(end, TIMEOUT_MS);
    signal.addEventListener("abort", end, { once: true });
    request.on("error", (error) => {
      if (answer.kind === "failed") answer = { kind: "failed", problem: problemOf(error) };
    });
    request.once("response", (response) => {
      const { statusCode: status = 0, headers } = response;
      answer = { kind: "answered", status, retryAfter: headers["retry-after"] ?? null };
      response.on("error", () => undefined).resume(); // its status is all that counts
    });
    request.once("close", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(answer);
    });
    request.end(body);
    if (signal.aborted) end();
  });
}

function headersOf(body: string, secret: string | null): Readonly<Record<string, string | number>> {
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "User-Agent": `flvcast/${version}`,
  };
  if (secret === null) return headers;
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return { ...headers, "X-Flvcast-Signature": `sha256=${signature}` };
}
