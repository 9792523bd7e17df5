import { Buffer } from "node:buffer";
import { audioCodecs, type TrackReader, type VideoTrackReader, videoCodecs } from "../codecs.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import type { AudioCodec, AudioConfig, Packet, TrackName, Tracks, VideoCodec } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import type { FlvMessage } from "./message.ts";
import { type MessageBody, readMessageBody } from "./message-body.ts";

/** One coded frame as it came, which is yet to be read. */
export interface MessageFrame {
  readonly track: TrackName;
  /** Decode time on the sender's clock, in microseconds; it goes on where the message's 32 bits begin again. */
  readonly timeUs: number;
  /** 0 for audio. */
  readonly compositionUs: number;
  readonly data: Uint8Array;
  /** The track's settings that hold for it. */
  readonly settings: MessageSettings;
}

/** What a track's sequence header says. */
export type MessageSettings =
  | { readonly track: "video"; readonly codec: VideoCodec; readonly record: Uint8Array }
  /** The record is empty for a codec that has none. */
  | { readonly track: "audio"; readonly codec: AudioCodec; readonly record: Uint8Array };

const NO_RECORD = new Uint8Array(0);

/**
 * FLV messages to packets. It takes two steps, since frames may have to wait until it is known of what time they are: `read`
 * says which frame a message is, `packets` reads the frame. What is damaged is dropped and counted.
 */
export class MessageReader {
  readonly #wanted: Tracks;
  #video: { readonly codec: VideoCodec; readonly reader: VideoTrackReader } | null = null;
  #audio: TrackReader | null = null;
  /** What was wrong before there was a reader. */
  readonly #drops: Readonly<Record<TrackName, UnitDrops>> = {
    video: new UnitDrops(),
    audio: new UnitDrops(),
  };
  /** The settings that came last, and those of the frame that was read last. */
  readonly #settings = new Map<TrackName, MessageSettings>();
  readonly #configured = new Map<TrackName, MessageSettings>();
  #lastTimestampMs: number | null = null;
  #timeMs = 0;
  /** How much earlier than they say video frames are decoded, so that none is shown before. */
  #leadUs = 0;

  /** @param wanted other tracks are left out, whatever they are */
  constructor(wanted: Tracks) {
    this.#wanted = wanted;
  }

  /** Frames that could not be used because no key frame came before them. */
  get droppedFrames(): number {
    return this.#video?.reader.droppedFrames ?? 0;
  }

  /** What the sequence header of audio says; null before one has come. */
  get announced(): AudioConfig | null {
    return this.#audio?.announced ?? null;
  }

  drops(track: TrackName): UnitDrops {
    return (track === "video" ? this.#video?.reader : this.#audio)?.drops ?? this.#drops[track];
  }

  /** Null for what is no frame, or none that is wanted. @throws UnsupportedCodecError */
  read(message: FlvMessage): MessageFrame | null {
    const body = readMessageBody(message);
    switch (body.kind) {
      case "video-config":
        return this.#tell({ track: "video", codec: body.codec, record: body.record });
      case "audio-config":
        this.#tell({ track: "audio", codec: body.codec, record: body.record });
        this.#openAudio();
        return null;
      case "video-frame":
        return this.#frame("video", body, message.timestampMs, plausibleUs(body.compositionTimeMs));
      case "audio-frame":
        if (audioCodecs[body.codec].flv.sequenceHeader === null) {
          this.#tell({ track: "audio", codec: body.codec, record: NO_RECORD });
          this.#openAudio();
        }
        return this.#frame("audio", body, message.timestampMs, 0);
      case "unsupported":
        if (this.#wanted[body.track]) throw new UnsupportedCodecError(body);
        return null;
      default:
        return null;
    }
  }

  /** The packets of a frame, in common time. */
  packets({ track, data, settings, compositionUs }: MessageFrame, timeUs: number): Packet[] {
    if (this.#configured.get(track) !== settings) this.#configure(settings);
    if (track === "audio") return this.#audio?.push(data, timeUs) ?? [];
    const presentationTimeUs = timeUs + compositionUs;
    const packets = this.#video?.reader.push(data, timeUs - this.#leadUs) ?? [];
    return packets.map((packet) =>
      packet.kind === "video-frame" ? { ...packet, presentationTimeUs } : packet,
    );
  }

  /** Repeated, as before each key frame, they stay the same object. */
  #tell(settings: MessageSettings): null {
    const known = this.#settings.get(settings.track);
    const isKnown = known?.codec === settings.codec && Buffer.compare(known.record, settings.record) === 0;
    if (!isKnown) this.#settings.set(settings.track, settings);
    return null;
  }

  /** So that what sound will be is known before any of it has come. */
  #openAudio(): void {
    const settings = this.#settings.get("audio");
    if (this.#audio === null && this.#wanted.audio && settings !== undefined) this.#configure(settings);
  }

  /** A track's frames mean nothing before its sequence header. */
  #frame(
    track: TrackName,
    { codec, data }: { readonly codec: string; readonly data: Uint8Array },
    timestampMs: number,
    compositionUs: number,
  ): MessageFrame | null {
    const settings = this.#settings.get(track);
    if (!this.#wanted[track] || settings?.codec !== codec) return null;
    this.#leadUs = Math.max(this.#leadUs, -compositionUs);
    return { track, timeUs: this.#unwrapped(timestampMs) * 1000, compositionUs, data, settings };
  }

  /** 32 bits begin again after 49 days: what is nearer counts, ahead or back. */
  #unwrapped(timestampMs: number): number {
    const stepMs = this.#lastTimestampMs === null ? timestampMs : (timestampMs - this.#lastTimestampMs) | 0;
    this.#lastTimestampMs = timestampMs;
    this.#timeMs += stepMs;
    return this.#timeMs;
  }

  /** What cannot be read changes nothing. */
  #configure(settings: MessageSettings): void {
    const { track, codec, record } = settings;
    this.#configured.set(track, settings);
    this.drops(track).guard(() => {
      if (track === "audio") this.#audio = audioCodecs[codec].openTrack(record, {});
      else this.#configureVideo(codec, record);
    });
  }

  #configureVideo(codec: VideoCodec, record: Uint8Array): void {
    const { isRecord, recordName, openTrack } = videoCodecs[codec];
    if (!isRecord(record))
      throw new CorruptInputError(`FLV: the video sequence header is not an ${recordName}`);
    if (this.#video?.codec === codec) this.#video.reader.configure(record);
    else this.#video = { codec, reader: openTrack(record, {}) };
  }
}

/** More than any reordering takes: it is damaged, and all later frames would have to be shown behind it. */
const MAX_COMPOSITION_MS = 30_000;

function plausibleUs(compositionTimeMs: number): number {
  return Math.abs(compositionTimeMs) <= MAX_COMPOSITION_MS ? compositionTimeMs * 1000 : 0;
}

/** A codec or an arrangement of tracks that cannot be carried, and what the sender's user can do about it. */
export class UnsupportedCodecError extends CorruptInputError {
  constructor({ codec, remedy }: Pick<MessageBody & { kind: "unsupported" }, "codec" | "remedy">) {
    super(`${codec} is not supported; ${remedy}`);
  }
}
