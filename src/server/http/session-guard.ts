import { constants, type ServerHttp2Session } from "node:http2";
import type { ServerLimits } from "./limits.ts";

/** A page and its files come within a few seconds; streams opened and reset in their hundreds are an attack. */
const MAX_REQUESTS = 200;
const REQUESTS_WINDOW_MS = 10_000;

/** Closes an HTTP/2 session that has no stream for a time, or opens too many of them (CVE-2023-44487). */
export function guardSession(session: ServerHttp2Session, { headTimeoutMs }: ServerLimits): void {
  let open = 0;
  let requests = 0;
  let windowBeginMs = performance.now();
  const waitForStream = () => setTimeout(() => closeSession(session, headTimeoutMs), headTimeoutMs);
  let idle = waitForStream();
  session.on("error", () => undefined); // seen as its close
  session.on("stream", (stream) => {
    open++;
    clearTimeout(idle);
    stream.once("close", () => {
      if (--open === 0 && !session.closed) idle = waitForStream();
    });
    const nowMs = performance.now();
    if (nowMs - windowBeginMs > REQUESTS_WINDOW_MS) [requests, windowBeginMs] = [0, nowMs];
    if (++requests > MAX_REQUESTS) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });
  session.once("close", () => clearTimeout(idle));
}

/** In order, and then in any case. */
function closeSession(session: ServerHttp2Session, graceMs: number): void {
  session.close();
  const timer = setTimeout(() => session.destroy(), graceMs);
  session.once("close", () => clearTimeout(timer));
}
