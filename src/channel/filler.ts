import { audioCodecs } from "../media/codecs.ts";
import type { AudioConfig, AudioFrame, Frame, TrackName, VideoConfig, VideoFrame } from "../media/packet.ts";

/** The last key picture with its settings: all that a still picture takes. */
export interface KeyPicture {
  readonly config: VideoConfig;
  readonly frame: VideoFrame;
  /** When it was captured, in milliseconds since 1970. */
  readonly takenMs: number;
  /** How much newer the newest picture is. */
  readonly behindMs: number;
}

/** What fills a track without source: the last key picture again, and silence. */
export class Filler {
  #config: VideoConfig | null = null;
  #key: VideoFrame | null = null;
  #keyTakenMs = 0;
  #newestUs = 0;
  #silence: AudioFrame | null = null;

  /** null before the first. */
  get keyPicture(): KeyPicture | null {
    const [config, frame] = [this.#config, this.#key];
    if (config === null || frame === null) return null;
    const behindMs = (this.#newestUs - frame.decodeTimeUs) / 1000;
    return { config, frame, takenMs: this.#keyTakenMs, behindMs };
  }

  sent(config: VideoConfig | AudioConfig): void {
    if (config.kind === "video-config") this.#config = config;
    else {
      const { codec } = config;
      const data = audioCodecs[codec].silentFrame(config);
      this.#silence = data && { kind: "audio-frame", codec, presentationTimeUs: 0, data };
    }
  }

  saw(frame: VideoFrame, capturedMs: number): void {
    this.#newestUs = frame.decodeTimeUs;
    if (!frame.isKey) return;
    this.#key = frame;
    this.#keyTakenMs = capturedMs;
  }

  /** Null where there is nothing to show, or silence cannot be made. */
  frame(track: TrackName): Frame | null {
    return track === "video" ? this.#key : this.#silence;
  }
}
