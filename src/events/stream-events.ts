import type { LogEvent } from "../log.ts";
import type { PublicEventName } from "../settings/serve-settings.ts";
import type { StreamState, StreamStatus } from "../stream.ts";
import type { PublicEvent } from "./public-event.ts";

/** What an event has of its own: the rest is of the stream. */
type Details = Pick<PublicEvent, "text"> & Partial<Omit<PublicEvent, "id" | "event" | "atMs" | "server">>;

/** One stream: what it logs becomes what is told of it. */
export class StreamEvents {
  readonly #server: string;
  readonly #stream: string;
  /** null: neither yet. */
  #isUp: boolean | null = null;
  #isWatched = false;
  #previous: StreamState | null = null;
  /** The last that was known: a stream that has ended has none. */
  #url: string | null = null;

  constructor(server: string, stream: string) {
    this.#server = server;
    this.#stream = stream;
  }

  /** @param status as it is now; null where the stream is gone */
  hear(log: LogEvent, status: StreamStatus | null): readonly PublicEvent[] {
    this.#url = status?.url ?? this.#url;
    const tell = (event: PublicEventName, details: Details) => this.#event(event, details, status);
    switch (log.event) {
      case "state-changed": {
        const { state, before: previous } = log.fields;
        this.#previous = previous;
        return this.#upOrDown(state, status);
      }
      case "input-lost": {
        const { input, reason } = log.fields;
        return [tell(log.event, { text: log.text, input, reason }), ...this.#upOrDown(status?.state, status)];
      }
      case "input-back": {
        const { input } = log.fields;
        return [tell(log.event, { text: log.text, input }), ...this.#upOrDown(status?.state, status)];
      }
      case "encoder-selected": {
        const { encoder, input } = log.fields;
        return input === undefined ? [] : [tell("encoder-changed", { text: log.text, encoder, input })];
      }
      case "viewer-joined":
      case "viewer-left": {
        const { address, viewers } = log.fields;
        const told = tell(log.event, { text: log.text, viewer: { address }, viewers });
        return [told, ...this.#watchedOrNot(viewers, status)];
      }
      case "push-up":
      case "push-down":
        return [tell(log.event, { text: log.text, target: log.fields.target })];
      case "recording-started":
      case "recording-paused":
      case "recording-resumed":
        return [tell(log.event, { text: log.text })];
      case "segment-done": {
        const { segment: id, name: _, ...segment } = log.fields;
        return [tell(log.event, { text: log.text, segment: { id, ...segment } })];
      }
      case "publisher-joined":
      case "publisher-left": {
        const { address, program } = log.fields;
        return [tell(log.event, { text: log.text, publisher: { address, program } })];
      }
      default:
        return [];
    }
  }

  #upOrDown(state: StreamState | undefined, status: StreamStatus | null): readonly PublicEvent[] {
    const isUp = state === undefined ? null : isWatchable(state, status);
    if (isUp === null || isUp === this.#isUp) return [];
    if (state === "ended" && this.#isUp === null) return []; // it never was up
    this.#isUp = isUp;
    const name = `"${this.#stream}"`;
    if (isUp) return [this.#event("stream-up", { text: `${name} is up` }, status)];
    if (state === "ended") return [this.#event("stream-down", { text: `${name} has ended`, state }, status)];
    const { lastError = null, reason = null } = faultOf(status) ?? {};
    const text = `${name} is down${lastError === null ? "" : `: ${lastError}`}`;
    return [this.#event("stream-down", { text, reason }, status)];
  }

  #watchedOrNot(viewers: number, status: StreamStatus | null): readonly PublicEvent[] {
    const isWatched = viewers > 0;
    if (isWatched === this.#isWatched) return [];
    this.#isWatched = isWatched;
    const name = `"${this.#stream}"`;
    return isWatched
      ? [this.#event("watched", { text: `${name} has its first viewer`, viewers }, status)]
      : [this.#event("unwatched", { text: `${name} has no viewers any more`, viewers }, status)];
  }

  #event(event: PublicEventName, details: Details, status: StreamStatus | null): PublicEvent {
    const atMs = Date.now();
    return {
      ...{ id: crypto.randomUUID(), event, atMs, server: this.#server, stream: this.#stream },
      ...{ state: status?.state ?? null, previous: this.#previous, sinceMs: status?.sinceMs ?? atMs },
      ...{ reason: null, url: this.#url },
      ...details,
    };
  }
}

/** null where that is neither good nor bad: it is starting. */
function isWatchable(state: StreamState, status: StreamStatus | null): boolean | null {
  switch (state) {
    case "on-air":
      return true;
    case "degraded":
      return !["waiting", "starting"].includes(mainInput(status)?.state ?? "running");
    case "waiting":
    case "ended":
      return false;
    default:
      return null;
  }
}

/**
 * Without its device a stream goes on with the last picture, or with silence: nobody calls that up. Without its microphone it
 * is still worth watching. `channel/session.ts` has the device first; what comes on stdin is not among the inputs.
 */
function mainInput(status: StreamStatus | null): StreamStatus["inputs"][number] | null {
  return status === null || status.device === "-" ? null : (status.inputs[0] ?? null);
}

function faultOf(status: StreamStatus | null): Pick<StreamStatus, "lastError" | "reason"> | null {
  return status?.state === "degraded" ? mainInput(status) : status;
}
