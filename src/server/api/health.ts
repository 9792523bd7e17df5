import type { StreamHandle, StreamStatus } from "../../stream.ts";
import { type Answer, type Headers, textAnswer } from "../http/answer.ts";

export function healthz(headers: Headers): Answer {
  return textAnswer("ok\n", headers);
}

/**
 * Whether every channel is on the air, or would be if anybody watched.
 * @param mayKnow whether the client may see each channel, and not only the overall state
 */
export function readyz(
  streams: readonly StreamHandle[],
  headers: Headers,
  { mayKnow }: { readonly mayKnow: boolean },
): Answer {
  const statuses = streams.map((stream) => stream.status());
  const areReady = statuses.length > 0 && statuses.every(isReady);
  const lines = mayKnow ? statuses.map(lineOf) : [];
  const body = [areReady ? "ready" : "not ready", ...lines, ""].join("\n");
  return areReady ? textAnswer(body, headers) : textAnswer(body, { "Retry-After": "1", ...headers }, 503);
}

/**
 * What has lost one input of two is still watched; what has lost all of them shows no more than a still picture. What runs on
 * demand is ready while nobody watches, whatever became of its last start: a proxy must let the next viewer through.
 */
function isReady({ state, inputs, isReachable }: StreamStatus): boolean {
  if (!isReachable) return false;
  if (state === "on-air" || state === "idle") return true;
  return state === "degraded" && inputs.some((input) => input.state === "running");
}

function lineOf({ name, state, sinceMs, isReachable, reason }: StreamStatus): string {
  const why = (state === "on-air" && isReachable) || reason === null ? "" : `: ${reason}`;
  return `${name} is ${state} since ${new Date(sinceMs).toISOString()}${why}`;
}
