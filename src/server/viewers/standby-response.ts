import type { Hub } from "../../outputs/live/hub.ts";
import type { Standby } from "../../stream.ts";
import { type Answer, emptyAnswer, type Headers, refusalForNow } from "../http/answer.ts";
import { type Asked, headersFor, heldBack, serveFlv, viewerLimitReached } from "./flv-response.ts";

/**
 * Answers with a stream that runs on demand: what does not run is started, and who came for it hears nothing before its first
 * key frame, or why it does not come. HEAD starts nothing.
 */
export async function serveOnDemand(
  standby: Standby,
  findHub: () => Hub | null,
  asked: Asked,
): Promise<Answer> {
  const { name, headers, exchange } = asked;
  const running = runningOf(findHub);
  if (running !== null) return await serveFlv({ ...asked, hub: running });
  const failed = standby.failure === null ? null : notStarted(name, standby, headers);
  if (failed !== null) return failed;
  if (exchange.request.method === "HEAD") return emptyAnswer(200, headersFor(asked));
  if (standby.isFull) return viewerLimitReached(asked);
  const over = await heldBack(asked, standby);
  if (over !== null) return over;
  const hub = runningOf(findHub);
  return hub === null ? late(asked, standby) : await serveFlv({ ...asked, hub });
}

/** Null while there is nothing to begin with, and never will be anything of what was. */
function runningOf(findHub: () => Hub | null): Hub | null {
  const hub = findHub();
  return hub?.admission === "not-ready" ? null : hub;
}

function late({ name, headers }: Asked, standby: Standby): Answer {
  const seconds = standby.keyWaitMs / 1000;
  const why = `"${name}" is starting, and has sent no key frame for ${seconds} s`;
  return notStarted(name, standby, headers) ?? refusalForNow(503, why, headers);
}

/** That a stream could not be started, and why; null where nothing has failed. A message may name paths: the reason does not. */
export function notStarted(name: string, standby: Standby | null, headers: Headers): Answer | null {
  const reason = standby?.failure?.reason ?? standby?.reason ?? null;
  if (reason === null) return null;
  const why = `"${name}" cannot start: ${words[reason] ?? reason}`;
  return refusalForNow(503, why, headers, standby?.failure?.retryMs);
}

/** By the names of the exit codes. */
const words: Readonly<Record<string, string>> = {
  deviceAbsent: "its device is not connected",
  deviceBusy: "another program is using its device",
  permission: "no permission to open its device",
  noEncoder: "no encoder works",
  noFfmpeg: "ffmpeg is missing",
  notReady: "its device sends nothing",
  brokenInput: "its input cannot be read",
  unreachable: "its input cannot be reached",
};
