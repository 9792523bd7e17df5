/** A stream as `GET /api/v1/streams` tells of it. */
export interface StreamInfo {
  readonly name: string;
  readonly state: StreamState;
  /** When that state began, by the server's clock. */
  readonly sinceMs: number | null;
  readonly size: string | null;
  readonly fps: number | null;
  readonly bitrateKbps: number | null;
  readonly codecs: readonly string[];
  readonly encoder: string | null;
  readonly viewers: number | null;
  readonly lastError: string | null;
}

export type StreamState = "starting" | "waiting" | "on-air" | "degraded" | "ended";

export interface StreamList {
  readonly streams: readonly StreamInfo[];
  /** The server's clock when it answered; null where it does not say. */
  readonly nowMs: number | null;
}

const STATES: readonly string[] = ["starting", "waiting", "on-air", "degraded", "ended"];

/** Takes what is understood: a page that was left open meets newer servers. */
export function readStreamList(json: unknown): StreamList {
  const list = record(json);
  const streams = Array.isArray(list["streams"]) ? list["streams"] : [];
  return { streams: streams.map(readStream).filter((one) => one !== null), nowMs: number(list["nowMs"]) };
}

function readStream(json: unknown): StreamInfo | null {
  const fields = record(json);
  const [name, state] = [text(fields["name"]), text(fields["state"])];
  if (name === null || !isState(state)) return null;
  return {
    name,
    state,
    sinceMs: number(fields["sinceMs"]),
    size: text(fields["size"]),
    fps: number(fields["fps"]),
    bitrateKbps: number(fields["bitrateKbps"]),
    codecs: Array.isArray(fields["codecs"])
      ? fields["codecs"].filter((codec) => typeof codec === "string")
      : [],
    encoder: text(fields["encoder"]) ?? text(record(fields["encoder"])["name"]),
    viewers: number(fields["viewers"]),
    lastError: text(fields["lastError"]),
  };
}

function isState(state: string | null): state is StreamState {
  return state !== null && STATES.includes(state);
}

function record(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null ? { ...json } : {};
}

function number(json: unknown): number | null {
  return typeof json === "number" && Number.isFinite(json) ? json : null;
}

function text(json: unknown): string | null {
  return typeof json === "string" ? json : null;
}
