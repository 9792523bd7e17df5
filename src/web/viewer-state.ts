import type { StreamInfo } from "../server/api/schemas.ts";
import type { ConnectionState } from "./reception.ts";

/** How it stands with a stream, as a viewer would put it. */
export type ViewerState =
  /** `without`: the audio's codec, where the video plays without sound. */
  | { readonly kind: "playing"; readonly without?: MissingCodec }
  | { readonly kind: "connecting" }
  /** By the viewer: the last frame stays, and nothing is received. */
  | { readonly kind: "paused" }
  /** It runs only while somebody watches, which nobody does from here; `why`: its last start failed. */
  | { readonly kind: "on-demand"; readonly isIdle: boolean; readonly why: string | null }
  /** The server is there, its first frame not yet. */
  | { readonly kind: "starting" }
  /** The browser plays nothing by itself. */
  | { readonly kind: "needs-tap" }
  | { readonly kind: "waiting"; readonly sinceMs: number | null; readonly why: string | null }
  /** A device is gone, and the server fills its place. */
  | { readonly kind: "frozen"; readonly sinceMs: number | null; readonly why: string | null }
  | { readonly kind: "offline"; readonly sinceMs: number | null }
  | { readonly kind: "token-needed"; readonly wasWrong: boolean }
  | { readonly kind: "forbidden"; readonly why: string }
  | { readonly kind: "too-many-tries" }
  | { readonly kind: "full" }
  | { readonly kind: "no-such-stream" }
  | { readonly kind: "refused"; readonly status: number; readonly why: string }
  | { readonly kind: "unplayable"; readonly why: Unplayable };

/** `iphone`: before iOS 17.1. `browser`: it plays no FLV at all. `stream`: not what is in this one, or not its codec. */
export type Unplayable = "iphone" | "browser" | "stream" | MissingCodec;
/** What this browser does not play; `needsHttps`: on this page, which is neither secure nor on localhost. */
export interface MissingCodec {
  readonly codec: PlainCodec;
  readonly needsHttps: boolean;
}
/** Codecs that only some browsers play. */
export type PlainCodec = "H.265" | "AV1" | "Opus" | "MP3" | "G.711";

export interface ViewerFacts {
  readonly connection: ConnectionState;
  readonly stream: StreamInfo | null;
  readonly hasFrame: boolean;
  readonly needsTap: boolean;
  readonly hasToken: boolean;
  readonly unplayable: Unplayable | null;
  readonly missingAudio?: MissingCodec | null;
  readonly isPaused: boolean;
  readonly nowMs: number;
}

/** A connection that is back so soon is no news: the last picture stays. */
const BRIEF_MS = 2500;

export function viewerStateOf(facts: ViewerFacts): ViewerState {
  const { connection, unplayable } = facts;
  if (unplayable !== null) return { kind: "unplayable", why: unplayable };
  if (facts.isPaused) return { kind: "paused" };
  switch (connection.kind) {
    case "connecting":
      return { kind: "connecting" };
    case "receiving":
      return receiving(facts);
    case "refused":
      return refused(connection, facts);
    case "lost": {
      const isBrief = facts.nowMs - connection.sinceMs < BRIEF_MS;
      return isBrief ? { kind: "connecting" } : { kind: "offline", sinceMs: connection.sinceMs };
    }
  }
}

function receiving({ stream, hasFrame, needsTap, missingAudio }: ViewerFacts): ViewerState {
  if (needsTap) return { kind: "needs-tap" };
  if (stream?.state === "degraded") return { kind: "frozen", sinceMs: stream.sinceMs, why: stream.reason };
  if (!hasFrame) return { kind: "connecting" };
  return missingAudio == null ? { kind: "playing" } : { kind: "playing", without: missingAudio };
}

function refused(
  { status, why }: Extract<ConnectionState, { kind: "refused" }>,
  facts: ViewerFacts,
): ViewerState {
  switch (status) {
    case 401:
      return { kind: "token-needed", wasWrong: facts.hasToken };
    case 403:
      return { kind: "forbidden", why };
    case 404:
      return { kind: "no-such-stream" };
    case 429: // for its wrong tokens, or for its many viewers
      return { kind: isFull(why) ? "full" : "too-many-tries" };
    case 503:
      return unavailable(why, facts.stream);
    default:
      return { kind: "refused", status, why };
  }
}

function unavailable(why: string, stream: StreamInfo | null): ViewerState {
  const isAway = stream?.state === "waiting" || (stream?.state === "idle" && stream.reason !== null);
  if (isAway) return { kind: "waiting", sinceMs: stream.sinceMs, why: stream.reason };
  if (stream?.state === "ended") return { kind: "offline", sinceMs: stream.sinceMs };
  return { kind: isFull(why) ? "full" : "starting" };
}

/** By the server's words; an earlier one had others. */
const isFull = (why: string) => /viewer limit|as many viewers/i.test(why);
