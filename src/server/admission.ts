import type { Admitted, Gate, Need, Verdict } from "../auth/request.ts";
import { authRequestOf, type Exchange } from "./http/exchange.ts";
import { refusal, refusalForNow } from "./http/refusal.ts";

export type Answer = Response | Promise<Response>;
export type Headers = Readonly<Record<string, string>>;

/** The methods of what is only read. */
const READING = ["GET", "HEAD"] as const;

/** Has the door judge, and answers itself where it does not let in. */
export function admit(
  keeper: Gate | null,
  exchange: Exchange,
  { need, methods = READING }: { readonly need: Need; readonly methods?: readonly string[] },
  then: (admitted: Admitted) => Answer,
): Answer {
  if (keeper === null) return refusalForNow(503, "this server is starting");
  const verdict = keeper.judge(authRequestOf(exchange), need);
  return verdict.kind === "admitted" ? then(verdict) : turnAway(verdict, methods);
}

function turnAway(verdict: Exclude<Verdict, Admitted>, methods: readonly string[]): Response {
  return verdict.kind === "preflight"
    ? choices(methods, verdict.headers)
    : refusal(verdict.status, verdict.why, verdict.headers);
}

/** The answer to OPTIONS. */
export function choices(methods: readonly string[], headers: Headers): Response {
  return new Response(null, { status: 204, headers: { Allow: allowOf(methods), ...headers } });
}

/** The answer to what does not read; null for GET and HEAD. */
export function answerToOther({ request }: Exchange, what: string, headers: Headers): Response | null {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return null;
    case "OPTIONS":
      return choices(READING, headers);
    default:
      return refusal(405, `${what} is only read: use GET`, { ...headers, Allow: allowOf(READING) });
  }
}

/** As the Allow header has them; OPTIONS is one everywhere. */
export function allowOf(methods: readonly string[]): string {
  return [...methods, "OPTIONS"].join(", ");
}
