import type { FlvMessage } from "../flv/message.ts";

/** What a publisher wants, as its commands tell. */
export interface PublishRequest {
  /** Of `connect`, without its query. */
  readonly app: string;
  /** The stream's name of `publish`, without its query. */
  readonly name: string;
  /** Of the queries of the name, the application and `tcUrl`; what comes first counts. */
  readonly parameters: URLSearchParams;
  /** What the program calls itself (`flashVer`), at most 100 characters; "" where it does not. */
  readonly program: string;
}

export type ServerEvent =
  /** It waits for `accept` or `refuse`. */
  | { readonly kind: "publish"; readonly request: PublishRequest }
  /** Of an accepted publisher; `@setDataFrame` is taken off, an aggregate message taken apart. */
  | { readonly kind: "message"; readonly message: FlvMessage }
  /** It has ended its stream in order. */
  | { readonly kind: "unpublish" };

/** The side of a server in one RTMP connection (Adobe RTMP 1.0): bytes in, events and bytes out; no I/O, no clock. */
export class ServerSession {
  /** What the bytes complete. @throws CorruptInputError for what is no RTMP, or beyond its limits: the connection is to be closed */
  push(_chunk: Uint8Array): ServerEvent[] {
    throw new Error("not built");
  }

  /** Lets the publisher send. */
  accept(): void {
    throw new Error("not built");
  }

  /** Answers `publish` with an error of this code; the connection is to be closed once `takeOutput` is sent. */
  refuse(_code: string, _description: string): void {
    throw new Error("not built");
  }

  /** Asks for a sign of life: a PingRequest. */
  ping(_timestampMs: number): void {
    throw new Error("not built");
  }

  /** What is to be written now; null where there is nothing. */
  takeOutput(): Uint8Array | null {
    throw new Error("not built");
  }
}
