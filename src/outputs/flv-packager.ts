import { isSameConfig } from "../media/codecs.ts";
import { encodeClock } from "../media/flv/clock-tag.ts";
import type { Rates } from "../media/flv/metadata.ts";
import { Muxer } from "../media/flv/muxer.ts";
import type { Tag } from "../media/flv/tag.ts";
import { type Packet, type TrackName, trackOf, type VideoConfig, type VideoFrame } from "../media/packet.ts";
import type { StreamInfo, TimedPacket } from "./output.ts";

/** How often the capture time is told, in the stream's own time. */
const CLOCK_EVERY_MS = 1000;

/** A stream's packets as FLV tags, with what players need beyond the format. */
export class FlvPackager {
  readonly #muxer: Muxer;
  readonly #clockTrack: TrackName;
  #clockMs: number | null = null;
  #config: VideoConfig | null = null;
  #key: VideoFrame | null = null;
  #videoMs = -1;

  constructor(stream: StreamInfo) {
    this.#muxer = new Muxer(stream);
    this.#clockTrack = stream.tracks.video ? "video" : "audio";
  }

  /** What a device turned out to send: new metadata, where there have been others. */
  correct(rates: Rates): Tag[] {
    return this.#muxer.correct(rates);
  }

  push({ packet, timestampMs, capturedMs }: TimedPacket): Tag[] {
    const bridge = this.#bridge(packet, timestampMs);
    const own = this.#mux(packet, timestampMs);
    const tags = bridge.length === 0 ? own : [...bridge, ...own];
    this.#note(packet, timestampMs);
    if (capturedMs !== null && trackOf(packet) === this.#clockTrack && this.#isClockDue(timestampMs)) {
      this.#clockMs = timestampMs;
      tags.push(encodeClock({ streamMs: timestampMs, wallMs: capturedMs }));
    }
    return tags;
  }

  #isClockDue(timestampMs: number): boolean {
    return this.#clockMs === null || Math.abs(timestampMs - this.#clockMs) >= CLOCK_EVERY_MS;
  }

  #note(packet: Packet, timestampMs: number): void {
    if (packet.kind === "video-config") this.#config = packet;
    if (packet.kind !== "video-frame") return;
    this.#videoMs = timestampMs;
    if (packet.isKey) this.#key = packet;
  }

  /**
   * Before other settings, the last key frame once more, for a millisecond. mpegts.js keeps one frame back: the last one
   * of the old settings reaches the browser behind the new ones, which drops it unless it is a key frame, and stands
   * still for ever at the hole.
   */
  #bridge(packet: Packet, timestampMs: number): readonly Tag[] {
    if (packet.kind !== "video-config" || this.#key === null || this.#config === null) return [];
    if (timestampMs - 1 <= this.#videoMs || isSameConfig(this.#config, packet)) return [];
    this.#videoMs = timestampMs - 1;
    return this.#mux(this.#key, timestampMs - 1);
  }

  /**
   * A key frame brings its parameter sets itself, beside the sequence header. When settings change in mid-stream, VLC
   * and ffmpeg's parser go by the sets that they read in the stream alone; and mpegts.js hands the browser the last frame
   * of the old settings behind the new header, where it cannot be decoded without its own.
   */
  #mux(packet: Packet, timestampMs: number): Tag[] {
    const isKey = packet.kind === "video-frame" && packet.isKey;
    if (!isKey || this.#config === null) return this.#muxer.push(packet, timestampMs);
    const units = [...this.#config.parameterSets, ...packet.units];
    return this.#muxer.push({ ...packet, units }, timestampMs);
  }
}
