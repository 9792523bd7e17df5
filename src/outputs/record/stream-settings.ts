import { isSameConfig } from "../../media/codecs.ts";
import { type AudioConfig, isFrame, type Tracks, type VideoConfig } from "../../media/packet.ts";
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

  /** Returns whether they are others than before. */
  note(timed: TimedPacket, config: VideoConfig | AudioConfig): boolean {
    const isVideo = config.kind === "video-config";
    const known = (isVideo ? this.#video : this.#audio)?.packet;
    if (isVideo) this.#video = timed;
    else this.#audio = timed;
    return known === undefined || isFrame(known) || !isSameConfig(known, config);
  }

  clear(): void {
    this.#video = null;
    this.#audio = null;
  }
}
