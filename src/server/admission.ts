import type { Admitted, Gate, Need, Verdict } from "../auth/request.ts";
import {
  type Answer,
  type Answered,
  emptyAnswer,
  type Headers,
  refusal,
  refusalForNow,
} from "./http/answer.ts";
import { authRequestOf, type Exchange } from "./http/exchange.ts";

const READING = ["GET", "HEAD"] as const;

/** Has the gate judge, and answers itself where it does not let in. */
export function admit(
  gate: Gate | null,
  exchange: Exchange,
  asked: { readonly need: Need; readonly stream?: string; readonly methods?: readonly string[] },
  then: (admitted: Admitted) => Answered,
): Answered {
  if (gate === null) return refusalForNow(503, "the server is starting");
  const { need, stream, methods = READING } = asked;
  const verdict = gate.judge(authRequestOf(exchange), need, stream);
  return verdict.kind === "admitted" ? then(verdict) : turnAway(verdict, methods);
}

function turnAway(verdict: Exclude<Verdict, Admitted>, methods: readonly string[]): Answer {
  return verdict.kind === "preflight"
    ? choices(methods, verdict.headers)
    : refusal(verdict.status, verdict.why, verdict.headers);
}

export function choices(methods: readonly string[], headers: Headers): Answer {
  return emptyAnswer(204, { Allow: allowOf(methods), ...headers });
}

/** The answer to what does not read; null for GET and HEAD. */
export function answerToOther({ request }: Exchange, what: string, headers: Headers): Answer | null {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return null;
    case "OPTIONS":
      return choices(READING, headers);
    default:
      return refusal(405, `method not allowed on ${what}: use GET`, { ...headers, Allow: allowOf(READING) });
  }
}

/** As the Allow header has them; OPTIONS is one everywhere. */
export function allowOf(methods: readonly string[]): string {
  return [...methods, "OPTIONS"].join(", ");
}
