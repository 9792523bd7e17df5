import type { StreamInfo, Streams } from "../server/api/schemas.ts";
import type { ServerClock } from "./clocks.ts";
import { record } from "./json.ts";

/** What the server says of its streams, or why it says nothing. */
export type ApiAnswer =
  | { readonly kind: "streams"; readonly list: Streams }
  | { readonly kind: "refused"; readonly status: number; readonly why: string }
  | { readonly kind: "unreachable" };

const TIMEOUT_MS = 10_000;

/** Asks the server for its streams, with the token in a header: an address would show it. Tells the clock what time it says. */
export async function askForStreams(base: URL, token: string | null, clock: ServerClock): Promise<ApiAnswer> {
  const sentMs = Date.now();
  try {
    const response = await fetch(new URL("api/v1/streams", base), {
      headers: requestHeaders(token),
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return { kind: "refused", status: response.status, why: await firstLine(response) };
    const list = readStreams(await response.json());
    if (list === null) return { kind: "unreachable" };
    clock.add({ sentMs, receivedMs: Date.now(), serverMs: list.nowMs });
    return { kind: "streams", list };
  } catch {
    return { kind: "unreachable" };
  }
}

/** With the token where there is one; and asked by a script, so that no browser asks for a password by itself. */
export function requestHeaders(token: string | null): Record<string, string> {
  const asking = { "X-Requested-With": "flvcast" };
  return token === null ? asking : { ...asking, Authorization: `Bearer ${token}` };
}

/** Why it was refused, in the server's words. */
export async function firstLine(response: Response): Promise<string> {
  const isText = response.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
  return isText ? ((await response.text()).split("\n")[0] ?? "").slice(0, 300) : "";
}

/** Of a refusal; 0: the server does not say that another try may help. */
export function retryAfterMsOf({ headers }: Response): number {
  return Number(headers.get("Retry-After") ?? 0) * 1000 || 0; // a date is not understood
}

/** The answer to `GET /api/v1/streams`; null for anything else: a page that was left open meets other servers. */
export function readStreams(json: unknown): Streams | null {
  const { streams, nowMs } = record(json);
  if (!Array.isArray(streams) || typeof nowMs !== "number") return null;
  return { streams: streams.filter(isStream), nowMs };
}

/** Whether it is one by its name: the rest of it is the API's word. */
function isStream(json: unknown): json is StreamInfo {
  const { name, state } = record(json);
  return typeof name === "string" && typeof state === "string";
}
