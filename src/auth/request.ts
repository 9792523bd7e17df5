import type { IncomingHttpHeaders } from "node:http";

export interface AuthRequest {
  readonly method: string;
  /** Of the request's target, undecoded; empty where there is none. */
  readonly query: string;
  /** With `host` in it, also over HTTP/2, whose name for it is `:authority`. */
  readonly headers: IncomingHttpHeaders;
  /** The connection's own other end, an IP address; not what a header says. */
  readonly peerAddress: string;
  /** The connection itself is encrypted; not what a header says. */
  readonly isTls: boolean;
  /** It asks for a WebSocket, which a browser opens for any page. */
  readonly isWebSocket: boolean;
}

/**
 * What the thing that is asked for needs. `health`: nothing, by any name of this server. `public`: no token (the page's own
 * files). `files`: no token, but a name of ours (files of the user's). `watch`: the token, in any form. `list`: as `watch`, and
 * whoever may watch one stream gets that. `change`: the token in a header, since a link must not change anything.
 */
export type Need = "health" | "public" | "files" | "watch" | "list" | "change";

export type Verdict = Admitted | Preflight | Refused;

export interface Admitted {
  readonly kind: "admitted";
  /** Of the client: behind a trusted proxy, the one that it names. */
  readonly address: string;
  /** To be sent with the response: what CORS asks for, and `Vary`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a list: which streams it may hear of; absent where that is all. */
  readonly sees?: (stream: string) => boolean;
}

/** OPTIONS: answered 204 with these headers and nothing else. */
export interface Preflight {
  readonly kind: "preflight";
  readonly headers: Readonly<Record<string, string>>;
}

export interface Refused {
  readonly kind: "refused";
  readonly status: 400 | 401 | 403 | 429;
  /** One line for the client: what was wrong, and what to do. */
  readonly why: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who is let in: asked once for each request, and synchronously. */
export interface Gate {
  /** @param stream the one that is to be watched, which may have a token of its own */
  judge(request: AuthRequest, need: Need, stream?: string): Verdict;
}
