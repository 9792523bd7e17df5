import type { PostAction } from "../settings/serve-settings.ts";
import type { Deliver, Trouble } from "./delivery.ts";
import { type Answer, send } from "./request.ts";

/** A server that is back by then gets the event. */
const MAX_RETRY_MS = 600_000;
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

/** Posts each event, again and again while the server is not to blame for good. */
export function poster(action: PostAction, sendOnce: typeof send = send): Deliver {
  return async (event, { queuedMs, signal, onTrouble }) => {
    const body = JSON.stringify(event);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const answer = await sendOnce(action, body, signal);
      const trouble = troubleOf(answer);
      if (trouble === null || !isTemporary(answer)) return trouble;
      onTrouble(trouble);
      const leftMs = queuedMs + MAX_RETRY_MS - performance.now();
      if (leftMs <= 0 || signal.aborted) return trouble;
      await pause(Math.min(Math.max(pauseMs, retryAfterMs(answer)), leftMs), signal);
      if (signal.aborted) return trouble;
    }
  };
}

function troubleOf(answer: Answer): Trouble | null {
  if (answer.kind === "failed") return { kind: `could not be reached: ${answer.problem}`, detail: null };
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  return {
    kind: `answered ${status}`,
    detail: status >= 300 && status < 400 ? "redirects are not followed" : null,
  };
}

function isTemporary(answer: Answer): boolean {
  return answer.kind === "failed" || answer.status === 429 || answer.status >= 500;
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs(answer: Answer): number {
  const text = answer.kind === "answered" ? answer.retryAfter : null;
  if (text === null) return 0;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
