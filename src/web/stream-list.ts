import type { StreamInfo, Streams } from "../server/api/schemas.ts";

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

function record(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null ? { ...json } : {};
}
