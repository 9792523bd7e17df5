import { UserError } from "../errors.ts";
import { isWantedAudio, type WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import { audioCodecs, videoCodecs } from "../media/codecs.ts";
import { type FlvMessage, heldBytes } from "../media/flv/message.ts";
import { readMessageBody } from "../media/flv/message-body.ts";
import { UnsupportedCodecError } from "../media/flv/message-reader.ts";
import type { AudioCodec, Tracks, VideoCodec } from "../media/packet.ts";

/** Sound that is promised is waited for so long behind the first key frame; so is what nothing tells of. */
const OTHER_TRACK_MS = 2000;
/** Nor is it when so much has come without it, in memory. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Of an input that ffmpeg could read, too, only codecs that every player plays go out as they come, unless all are to. */
export type PassedCodecs = PassedTrack | { readonly video: VideoCodec; readonly audio: PassedTrack };

export type PassedTrack = "all" | "universal";

/**
 * The beginning of an input that sends FLV messages: collected until it is known which tracks it has, and that both can be
 * carried. Bounded in bytes.
 */
export class FlvOpening {
  readonly #wanted: Tracks;
  readonly #passes: PassedCodecs;
  readonly #audioCodec: WantedAudioCodec;
  #messages: FlvMessage[] = [];
  #bytes = 0;
  /** A track is there once its sequence header has come, or a frame of a codec that has none. */
  #video: VideoCodec | null = null;
  #audio: AudioCodec | null = null;
  /** What the metadata promise; null: nothing. */
  #promised: { readonly video: boolean | null; readonly audio: boolean | null } | null = null;
  #fps: number | null = null;
  /** When the first key frame came, or without video the first sound. */
  #sinceMs: number | null = null;
  #hasSeenVideo = false;

  /** @param wanted what the other tracks are does not matter */
  constructor(
    wanted: Tracks = { video: true, audio: true },
    passes: PassedCodecs = "all",
    audioCodec: WantedAudioCodec = "auto",
  ) {
    this.#wanted = wanted;
    this.#passes = passes;
    this.#audioCodec = audioCodec;
  }

  /** Adds what has come; true once all is known. @throws UserError for a codec that cannot be carried, in words for the sender's user */
  push(message: FlvMessage, nowMs: number): boolean {
    this.#messages.push(message);
    this.#bytes += heldBytes(message);
    this.#read(message, nowMs);
    if (this.isKnown(nowMs)) return true;
    if (this.#bytes < MAX_BYTES) return false;
    if (this.#video !== null || (this.#audio !== null && !this.#hasSeenVideo)) return true;
    throw new UserError("brokenInput", `no sequence header in the first ${MAX_BYTES / 2 ** 20} MB`);
  }

  /** The same, where nothing has come: sound that is promised is not waited for longer than two seconds behind a key frame. */
  isKnown(nowMs: number): boolean {
    const isVideoSettled = this.#video !== null || this.#isAbsent("video");
    const isAudioSettled = this.#audio !== null || this.#isAbsent("audio");
    if (this.#video === null && this.#audio === null) return false;
    if (isVideoSettled && isAudioSettled) return true;
    const isLate = this.#sinceMs !== null && nowMs - this.#sinceMs >= OTHER_TRACK_MS;
    // Video of which something has come is worth its wait for a sequence header.
    return isLate && (this.#video !== null || (!this.#hasSeenVideo && this.#promised?.video !== true));
  }

  get tracks(): Tracks {
    return { video: this.#video !== null, audio: this.#audio !== null };
  }

  /** Those of the tracks that are there. */
  get codecs(): { readonly video: VideoCodec | null; readonly audio: AudioCodec | null } {
    return { video: this.#video, audio: this.#audio };
  }

  /** Frames a second, as the metadata say; null where they do not. */
  get fps(): number | null {
    return this.#fps;
  }

  get messages(): readonly FlvMessage[] {
    return this.#messages;
  }

  #passedVideo(codec: VideoCodec): VideoCodec {
    if (typeof this.#passes === "string") return passed(codec, videoCodecs[codec], this.#passes);
    if (codec === this.#passes.video) return codec;
    throw new UserError("brokenInput", `it sends ${videoCodecs[codec].name}; another codec is wanted`);
  }

  #passedAudio(codec: AudioCodec): AudioCodec {
    if (!isWantedAudio(codec, this.#audioCodec)) {
      const text = `its ${audioCodecs[codec].name} is not the requested audio codec`;
      throw new UserError("brokenInput", text);
    }
    const passes = typeof this.#passes === "string" ? this.#passes : this.#passes.audio;
    return passed(codec, audioCodecs[codec], passes);
  }

  #isAbsent(track: "video" | "audio"): boolean {
    return !this.#wanted[track] || this.#promised?.[track] === false;
  }

  #read(message: FlvMessage, nowMs: number): void {
    const body = readMessageBody(message);
    switch (body.kind) {
      case "video-config":
        if (this.#wanted.video) this.#video ??= this.#passedVideo(body.codec);
        this.#hasSeenVideo = true;
        return;
      case "video-frame":
        this.#hasSeenVideo = true;
        if (body.isKey && this.#video !== null) this.#sinceMs ??= nowMs;
        return;
      case "audio-config":
        if (this.#wanted.audio) this.#audio ??= this.#passedAudio(body.codec);
        return;
      case "audio-frame":
        if (this.#wanted.audio && audioCodecs[body.codec].flv.sequenceHeader === null)
          this.#audio ??= this.#passedAudio(body.codec);
        if (this.#audio !== null && !this.#hasSeenVideo) this.#sinceMs ??= nowMs;
        return;
      case "metadata":
        this.#promised = { video: body.hasVideo, audio: body.hasAudio };
        this.#fps = body.fps ?? this.#fps;
        return;
      case "unsupported":
        if (this.#wanted[body.track])
          throw new UserError("brokenInput", new UnsupportedCodecError(body).message);
        return;
      case "nothing":
        return;
    }
  }
}

function passed<Codec>(
  codec: Codec,
  { name, isUniversal }: { readonly name: string; readonly isUniversal: boolean },
  passes: PassedTrack,
): Codec {
  if (isUniversal || passes === "all") return codec;
  throw new UserError("brokenInput", `${name} is passed through only with --copy`);
}
