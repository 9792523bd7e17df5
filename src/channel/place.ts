import type { UserError } from "../errors.ts";
import type { Hub } from "../outputs/live/hub.ts";
import type { PublishAddress, PublisherStatus } from "../stream.ts";

export interface Addresses {
  /** The one to hand on, without a token that it may need. */
  readonly url: string;
  /** The page that plays it in a browser, without the token, too. */
  readonly pageUrl: string;
  /** The same stream at every address that it is served from, that one first. */
  readonly urls: readonly string[];
  readonly isPublic: boolean;
  readonly needsToken: boolean;
  /** The file that holds the token; null where there is none. */
  readonly tokenFile: string | null;
}

export interface PublishPlace {
  /** At this moment, with its key; null where its input is another, or before the port is open. */
  address(): PublishAddress | null;
  publisher(): PublisherStatus | null;
}

/** A channel's place on the server, which it never sees. */
export interface Place {
  /** Resolves when viewers can come. @throws UserError where the port cannot be had */
  open(): Promise<void>;
  /** Viewers get this hub from now on, in place of any other. */
  serve(hub: Hub): void;
  /** Where it is at this moment, since addresses change; null before it is open. */
  addresses(): Addresses | null;
  /** Why viewers cannot reach it, though it is open; null where they can. */
  readonly failure: UserError | null;
  /** Where publishers come; absent where there is no such place. */
  readonly publishing?: PublishPlace;
  withToken(url: string): string;
  /** Gives the place up: nobody can come any more. */
  leave(): Promise<void>;
}
