import type { MessageFeed } from "../devices/source.ts";
import type { FlvOpening } from "./flv-opening.ts";

export interface Publisher {
  /** What its program calls itself; "" where it does not. */
  readonly program: string;
  readonly address: string;
  readonly opening: FlvOpening;
  /** What comes behind the opening's messages, which come first. */
  readonly feed: MessageFeed;
}

/** Where a stream with the device `rtmp` gets its publisher from. */
export interface PublisherSlot {
  /** The one that is there and that nobody has taken yet; null where there is none. */
  take(): Publisher | null;
  /** Calls `listener` whenever one has come, until the returned function is called. */
  onPublisher(listener: () => void): () => void;
}
