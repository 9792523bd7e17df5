import type { AudioConfig, Packet, Tracks, VideoConfig } from "../codec/packet.ts";
import { Preroll } from "../codec/preroll.ts";
import { Timeline } from "../codec/timeline.ts";
import type { Rates } from "../flv/metadata.ts";
import { Muxer } from "../flv/muxer.ts";
import type { Channel } from "./channel.ts";

export interface FeedOptions {
  readonly channel: Channel;
  readonly tracks: Tracks;
  readonly rates: Rates;
  readonly encoderName: string;
  /** Pictures to look at before the stream begins. */
  readonly minVideoFrames?: number;
  /** See `Timeline`; for tests in fast time. */
  readonly epochLimitMs?: number;
}

/** From packets in common time to the channel: held back until the stream can begin, put in time, made tags. */
export class Feed {
  readonly #channel: Channel;
  readonly #preroll: Preroll;
  readonly #timeline: Timeline;
  readonly #muxer: Muxer;
  #videoConfig: VideoConfig | null = null;
  #audioConfig: AudioConfig | null = null;
  #rates: Rates;
  #timestampMs = 0;

  constructor({ channel, tracks, rates, encoderName, minVideoFrames, epochLimitMs }: FeedOptions) {
    this.#channel = channel;
    this.#preroll = new Preroll(tracks, minVideoFrames);
    this.#timeline = new Timeline(tracks, epochLimitMs);
    this.#rates = rates;
    this.#muxer = new Muxer({ tracks, rates, encoderName });
  }

  get rates(): Rates {
    return this.#rates;
  }

  /** What a device turned out to send, where that is not what was asked of it. */
  correct(rates: Rates): void {
    this.#rates = { ...this.#rates, ...rates };
    this.#muxer.correct(rates);
  }

  get videoConfig(): VideoConfig | null {
    return this.#videoConfig;
  }

  get audioConfig(): AudioConfig | null {
    return this.#audioConfig;
  }

  /** The track that the stream waits for; null once it has begun. */
  get missing(): "video" | "audio" | null {
    return this.#preroll.missing;
  }

  /** Publishes what the packets complete; viewers get all of it at once. */
  push(packets: readonly Packet[]): void {
    for (const held of packets) for (const packet of this.#preroll.push(held)) this.#publish(packet);
    this.#channel.flush();
  }

  #publish(packet: Packet): void {
    switch (packet.kind) {
      case "video-config":
        this.#videoConfig = packet;
        break;
      case "audio-config":
        this.#audioConfig = packet;
        break;
      case "video-frame":
      case "audio-frame": {
        const place = this.#timeline.place(packet, this.#audioFrameUs());
        if (place === null) return;
        if (place.startsEpoch) this.#channel.startEpoch();
        this.#timestampMs = place.timestampMs;
      }
    }
    for (const tag of this.#muxer.push(packet, this.#timestampMs)) this.#channel.publish(tag);
  }

  #audioFrameUs(): number {
    const audio = this.#audioConfig;
    return audio === null ? 0 : (audio.samplesPerFrame * 1e6) / audio.sampleRateHz;
  }
}
