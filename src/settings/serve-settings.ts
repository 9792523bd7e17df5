import type { AccessSettings, ChannelSettings, Command, ServerSettings } from "./settings.ts";

/** What `flvcast serve` was asked to do by its file: parsed and checked. */
export interface ServeSettings {
  readonly server: ServerSettings;
  /** What the server is called where streams of several are named, `SERVER/NAME`, and what its token is kept under. */
  readonly serverName: string;
  /** Of all streams together. */
  readonly maxViewers: number;
  /** In the file's order, their names all different. */
  readonly streams: readonly ServedStream[];
  readonly events: readonly EventRule[];
  /** Streams that the file does not have, and that are there while somebody publishes them; null: there are none. */
  readonly published: PublishedSettings | null;
}

/** Streams that come with their publishers, and go 30 s after them. */
export interface PublishedSettings {
  /** What opens all of them; null: it is made and kept. */
  readonly key: string | null;
  /** At once. */
  readonly max: number;
  /** How they are: the name and the device of it mean nothing. */
  readonly channel: ChannelSettings;
  /** Who may watch them beside those who have the server's token; null: nobody. */
  readonly access: StreamAccess | null;
  /** Whether events of theirs are told to programs and web servers. */
  readonly hasEvents: boolean;
}

export interface ServedStream {
  readonly channel: ChannelSettings;
  /** Who may watch it beside those who have the server's token; null: nobody. */
  readonly access: StreamAccess | null;
}

/** A token that opens one stream and nothing else; `auth: none` opens it to everybody. */
export type StreamAccess =
  | { readonly auth: "none" }
  | ({ readonly auth: "token" } & Pick<AccessSettings, "token" | "tokenFile">);

/** What a stream does while nobody watches, where it is not to run then. */
export interface OnDemandSettings {
  /** It goes on for so long after the last viewer. */
  readonly lingerMs: number;
}

/** What is told to somebody, and when. */
export interface EventRule {
  readonly action: RunAction | PostAction;
  /** null: every one. */
  readonly on: readonly PublicEventName[] | null;
  /** What is over before so long is not told; null: as the event has it. */
  readonly afterMs: number | null;
}

/** A program, without a shell. */
export interface RunAction {
  readonly kind: "run";
  readonly command: Command;
  readonly timeoutMs: number;
}

export interface PostAction {
  readonly kind: "post";
  /** http or https. */
  readonly url: string;
  /** The key of the signature; null: not signed. */
  readonly secret: string | null;
}

/** What can be told; the names stay the same. */
export const publicEvents = [
  ...(["stream-up", "stream-down", "input-lost", "input-back", "encoder-changed"] as const),
  ...(["viewer-joined", "viewer-left", "watched", "unwatched"] as const),
  ...(["publisher-joined", "publisher-left", "push-up", "push-down"] as const),
  ...(["recording-started", "recording-paused", "recording-resumed", "segment-done"] as const),
  ...(["config-applied", "config-refused", "server-started", "server-stopping"] as const),
] as const;
export type PublicEventName = (typeof publicEvents)[number];
