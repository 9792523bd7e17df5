import type { Hub } from "../outputs/live/hub.ts";

/** Where a stream can be watched. */
export interface Addresses {
  /** The one to hand on, without a token that it may need. */
  readonly url: string;
  /** The same stream at every address that it is served from. */
  readonly urls: readonly string[];
  /** Others than this machine reach it. */
  readonly isPublic: boolean;
  readonly needsToken: boolean;
  /** The file that holds the token; null where there is none. */
  readonly tokenFile: string | null;
}

/** A channel's place on the server, which it never sees. */
export interface Place {
  /** Resolves when viewers can come. @throws UserError where the port cannot be had */
  open(): Promise<void>;
  /** The viewer URL; null before it is open. */
  readonly url: string | null;
  /** Viewers get this hub from now on, in place of any other. */
  serve(hub: Hub): void;
  /** Once it is open. */
  addresses(): Promise<Addresses>;
  /** A URL with the token that it needs. */
  withToken(url: string): string;
  /** Gives the place up: nobody can come any more. */
  leave(): Promise<void>;
}
