import type { StreamForm } from "../media/codecs.ts";
import type { Rates } from "../media/flv/metadata.ts";
import type { Packet, Tracks } from "../media/packet.ts";

/** A packet at its place in the stream. Shared by all outputs, never written again. */
export interface TimedPacket {
  readonly packet: Packet;
  /** Decode time in milliseconds from the stream's epoch: whole, and per track never less than the one before. */
  readonly timestampMs: number;
  /** When it was captured, by the system's clock as Date.now() counts; null for settings and for what fills a gap. */
  readonly capturedMs: number | null;
}

/** What is known of a stream before its first packet. */
export interface StreamInfo {
  /** Fixed from the first packet to the last. */
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** The program that makes it, with its version: `flvcast 0.1.0`. */
  readonly encoderName: string;
  /** For outputs of FLV; missing: as the specifications have it. */
  readonly form?: StreamForm;
}

/** The stream with the rates that a device turned out to send at. */
export function corrected(stream: StreamInfo | null, rates: Rates): StreamInfo | null {
  return stream && { ...stream, rates: { ...stream.rates, ...rates } };
}

/**
 * What consumes a channel's packets: the live FLV stream, a recorder, a push. It is no viewer, and outlives the channel's
 * inputs and epochs. What it is told, it is told in this order; what a method throws ends this output and no other.
 *
 * A `write` that returns a promise is waited for, and what comes meanwhile is kept: see `QueuedOutput` for the bound.
 */
export interface Output {
  /** For messages: `record`, `push rtmp://…`. */
  readonly name: string;
  /** Packets follow; again when a start that failed is tried in another way, and everything written before is void. */
  begin(stream: StreamInfo): void;
  /** A device sends at other rates than it was asked for. */
  correct(rates: Rates): void;
  /** A decoder can begin: a key frame has been written, or of sound alone a frame. */
  ready(): void;
  /**
   * Packets that came together. The first ones of all, and those after a gap, begin with the settings of each track and a key
   * frame.
   */
  write(packets: readonly TimedPacket[]): void | Promise<void>;
  /** The time of the next packet begins at 0 again, with settings and a key frame. */
  startEpoch(): void | Promise<void>;
  /** Nothing follows. */
  end(): void | Promise<void>;
}

/** What a packet is to somebody who joins. */
export type PacketRole = "video-config" | "audio-config" | "key" | "delta" | "audio";

export function roleOf(packet: Packet): PacketRole {
  switch (packet.kind) {
    case "video-config":
    case "audio-config":
      return packet.kind;
    case "video-frame":
      return packet.isKey ? "key" : "delta";
    case "audio-frame":
      return "audio";
  }
}

export function entryRoleOf({ video }: Tracks): "key" | "audio" {
  return video ? "key" : "audio";
}
