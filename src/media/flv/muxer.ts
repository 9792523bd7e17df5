import { type StreamForm, videoForm } from "../codecs.ts";
import type { AudioConfig, Packet, Tracks, VideoConfig } from "../packet.ts";
import { encodeAudioConfig, encodeAudioFrame } from "./audio-tag.ts";
import { TagType } from "./layout.ts";
import { encodeMetadata, type Rates } from "./metadata.ts";
import { encodeTag, type Tag } from "./tag.ts";
import { encodeVideoConfig, encodeVideoFrame } from "./video-tag.ts";

export interface MuxerOptions {
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** Missing: as the specifications have it. */
  readonly form?: StreamForm;
  /** The program and its version, for onMetaData: "flvcast 0.1.0". */
  readonly encoderName: string;
}

/**
 * Packets to tags. The stream begins when every track's config is known: metadata, then the sequence headers. A config
 * that comes later is a sequence header again, with new metadata before it if that changed.
 */
export class Muxer {
  readonly #options: MuxerOptions;
  #rates: Rates;
  #video: VideoConfig | null = null;
  #audio: AudioConfig | null = null;
  /** Body of the last metadata tag; null until the stream has begun. */
  #metadata: Uint8Array | null = null;

  constructor(options: MuxerOptions) {
    this.#options = options;
    this.#rates = options.rates;
  }

  /** What a device turned out to send: new metadata, where there have been others. */
  correct(rates: Rates): Tag[] {
    this.#rates = { ...this.#rates, ...rates };
    return this.#metadata === null ? [] : this.#changedMetadata();
  }

  /**
   * The tags of one packet, whose decode time is `timestampMs`: one for a frame, none for a config while another track's
   * is still missing. A packet of a track that the stream has not, or a frame before the configs, is a bug of the caller.
   */
  push(packet: Packet, timestampMs: number): Tag[] {
    switch (packet.kind) {
      case "video-config":
        if (!this.#options.tracks.video) throw new Error("a video config for a stream without video");
        this.#video = packet;
        return this.#configure(packet, timestampMs);
      case "audio-config":
        if (!this.#options.tracks.audio) throw new Error("an audio config for a stream without audio");
        this.#audio = packet;
        return this.#configure(packet, timestampMs);
      case "video-frame":
        if (this.#metadata === null || this.#video === null) throw new Error("a picture before the configs");
        return [encodeVideoFrame(packet, timestampMs, videoForm(packet.codec, this.#options.form))];
      case "audio-frame":
        if (this.#metadata === null || this.#audio === null) throw new Error("a sound before the configs");
        return [encodeAudioFrame(packet, timestampMs)];
    }
  }

  #configure(config: Config, timestampMs: number): Tag[] {
    const { tracks } = this.#options;
    if ((tracks.video && this.#video === null) || (tracks.audio && this.#audio === null)) return [];
    const begins = this.#metadata === null;
    const metadata = this.#changedMetadata();
    const configs = begins ? [this.#video, this.#audio].filter((known) => known !== null) : [config];
    const headers = configs.map((each) => this.#encodeConfig(each, timestampMs));
    return [...metadata, ...headers.filter((header) => header !== null)];
  }

  /** Metadata is of no moment: ffmpeg takes a script tag with a time for a subtitle. */
  #changedMetadata(): Tag[] {
    const { encoderName, form } = this.#options;
    const body = encodeMetadata({
      ...{ video: this.#video, audio: this.#audio },
      ...{ rates: this.#rates, form, encoderName },
    });
    if (this.#metadata !== null && Buffer.compare(this.#metadata, body) === 0) return [];
    this.#metadata = body;
    return [{ role: "metadata", timestampMs: 0, bytes: encodeTag(TagType.script, 0, [body]) }];
  }

  #encodeConfig(config: Config, timestampMs: number): Tag | null {
    return config.kind === "video-config"
      ? encodeVideoConfig(config, timestampMs, videoForm(config.codec, this.#options.form))
      : encodeAudioConfig(config, timestampMs);
  }
}

type Config = VideoConfig | AudioConfig;
