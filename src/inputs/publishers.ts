import type { OpenedMessages } from "./message-source.ts";

export interface Publisher extends OpenedMessages {
  /** What its program calls itself; "" where it does not. */
  readonly program: string;
  readonly address: string;
}

/** Where a stream with the device `rtmp` gets its publisher from. */
export interface PublisherSlot {
  /** The one that is there and that nobody has taken yet; null where there is none. */
  take(): Publisher | null;
  /** Calls `listener` whenever one has come, until the returned function is called. */
  onPublisher(listener: () => void): () => void;
}
