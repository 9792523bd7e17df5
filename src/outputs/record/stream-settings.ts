import { Buffer } from "node:buffer";
import { isSameConfig } from "../../media/codecs.ts";
import type { AudioConfig, Tracks, VideoConfig } from "../../media/packet.ts";
import type { TimedPacket } from "../output.ts";

/** The settings of a stream's tracks that are in force. */
export class StreamSettings {
  #video: TimedPacket | null = null;
  #audio: TimedPacket | null = null;

  /** Video's first. */
  get all(): readonly TimedPacket[] {
    return [this.#video, this.#audio].filter((timed) => timed !== null);
  }

  areWhole({ video, audio }: Tracks): boolean {
    return (!video || this.#video !== null) && (!audio || this.#audio !== null);
  }

  note(timed: TimedPacket, config: VideoConfig | AudioConfig): boolean {
    const isVideo = config.kind === "video-config";
    const known = (isVideo ? this.#video : this.#audio)?.packet;
    if (isVideo) this.#video = timed;
    else this.#audio = timed;
    if (known?.kind === "video-config" && isVideo) return !isSameConfig(known, config);
    if (known?.kind === "audio-config" && !isVideo)
      return known.codec !== config.codec || Buffer.compare(known.decoderConfig, config.decoderConfig) !== 0;
    return true;
  }

  clear(): void {
    this.#video = null;
    this.#audio = null;
  }
}
