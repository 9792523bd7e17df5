import { audioCodecs } from "../media/codecs.ts";
import type { AudioConfig, AudioFrame, Frame, TrackName, VideoFrame } from "../media/packet.ts";

/** What fills a track without source: the last key picture again, and silence. */
export class Filler {
  #key: VideoFrame | null = null;
  #silence: AudioFrame | null = null;

  /** The last key picture; null before the first. */
  get key(): VideoFrame | null {
    return this.#key;
  }

  sawKey(frame: VideoFrame): void {
    this.#key = frame;
  }

  sawSound(config: AudioConfig): void {
    const { codec } = config;
    const data = audioCodecs[codec].silentFrame(config);
    this.#silence = data && { kind: "audio-frame", codec, presentationTimeUs: 0, data };
  }

  /** Null where there is nothing to show, or silence cannot be made. */
  frame(track: TrackName): Frame | null {
    return track === "video" ? this.#key : this.#silence;
  }
}
