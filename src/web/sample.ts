import { decodeAmf0 } from "../media/flv/amf0.ts";
import { type AudioSettings, parseAudioBody } from "../media/flv/audio-body.ts";
import { readClock, type StreamClock } from "../media/flv/clock-body.ts";
import type { FlvTagEvent } from "../media/flv/demuxer.ts";
import { TagType } from "../media/flv/layout.ts";
import { parseVideoBody, type VideoSettings } from "../media/flv/video-body.ts";

/** What a player makes of a tag. */
export type Sample =
  | VideoSettings
  | VideoSample
  | AudioSettings
  | AudioSample
  | { readonly kind: "metadata" }
  | { readonly kind: "clock"; readonly clock: StreamClock };

export interface VideoSample {
  readonly kind: "video-frame";
  readonly isKey: boolean;
  /** When it is to be decoded, by the stream's time. */
  readonly decodeTimeMs: number;
  readonly presentationTimeMs: number;
  /** NAL units, each behind its length, or OBUs. */
  readonly data: Uint8Array;
}

export interface AudioSample {
  readonly kind: "audio-frame";
  /** When it is to be heard, and decoded. */
  readonly presentationTimeMs: number;
  readonly data: Uint8Array;
  /** Of a codec that has no sequence header. */
  readonly settings?: AudioSettings;
}

/** Null for the end of a sequence, which says nothing. Throws CorruptInputError for a codec that is not ours. */
export function readSample({ type, timestampMs, body, offset }: FlvTagEvent): Sample | null {
  switch (type) {
    case TagType.video:
      return readVideo(body, timestampMs, offset);
    case TagType.audio: {
      const audio = parseAudioBody(body, offset);
      return audio.kind === "audio-config" ? audio : { ...audio, presentationTimeMs: timestampMs };
    }
    case TagType.script:
      return readScript(body, offset);
  }
}

function readVideo(body: Uint8Array, timestampMs: number, offset: number): Sample | null {
  const video = parseVideoBody(body, offset);
  switch (video.kind) {
    case "video-config":
      return video;
    case "video-end":
      return null;
    case "video-frame":
      return {
        kind: "video-frame",
        isKey: video.isKey,
        decodeTimeMs: timestampMs,
        presentationTimeMs: timestampMs + video.compositionTimeMs,
        data: video.data,
      };
  }
}

function readScript(body: Uint8Array, offset: number): Sample {
  const [name, value] = decodeAmf0(body, offset);
  const clock = readClock(name, value);
  return clock === null ? { kind: "metadata" } : { kind: "clock", clock };
}
