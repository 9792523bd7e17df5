import type { Tag } from "../../media/flv/tag.ts";

/** Tags that go to viewers together, or the FLV header alone. Shared, never written again. */
export interface Batch {
  /** One behind the other they are the bytes. */
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
}

/** How batches are carried to viewers: what frames them is the same for all viewers of one transport. */
export interface Transport {
  readonly name: "http/1.1" | "http/1.0" | "websocket" | "rtmp";
  /** The batch as it is written to each connection. */
  frame(batch: Batch): Uint8Array;
}

/** A way out for a channel's bytes: one connection of one viewer. */
export interface Sink {
  readonly transport: Transport;
  /** Bytes written that the system has not yet taken over; what the other end has got is for others to find out. */
  readonly backlogBytes: number;
  /** Takes what `transport` has framed, whether or not the connection keeps up: who is behind is the channel's matter. */
  write(framed: Uint8Array): void;
  /** Ends the stream in an orderly way, after everything written. */
  end(): void;
  /** Drops the connection: the viewer is too far behind to be worth an orderly end. */
  destroy(): void;
}

/** The tags, in this order, as one batch; nothing is copied. */
export function toBatch(tags: readonly Tag[]): Batch {
  return batchOf(tags.map((tag) => tag.bytes));
}

/** The parts, in this order, as one batch; nothing is copied. */
export function batchOf(parts: readonly Uint8Array[]): Batch {
  return { parts, byteLength: parts.reduce((total, part) => total + part.length, 0) };
}
