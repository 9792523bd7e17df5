import { Buffer } from "node:buffer";
import { AacTrack } from "../aac/track.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { isAvcc } from "../h264/avcc.ts";
import { H264Track } from "../h264/track.ts";
import type { AudioConfig, Packet, TrackName, Tracks } from "../packet.ts";
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
  /** The track's sequence header that holds for it. */
  readonly record: Uint8Array;
}

/**
 * FLV messages to packets. It takes two steps, since frames may have to wait until it is known of what time they are: `read`
 * says which frame a message is, `packets` reads the frame. What is damaged is dropped and counted.
 */
export class MessageReader {
  readonly #wanted: Tracks;
  readonly #h264 = new H264Track();
  /** Raw AAC has nothing to be damaged but its sequence header. */
  readonly #audioDrops = new UnitDrops();
  #aac: AacTrack | null = null;
  /** The sequence headers that came last, and those of the frame that was read last. */
  readonly #records = new Map<TrackName, Uint8Array>();
  readonly #configured = new Map<TrackName, Uint8Array>();
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
    return this.#h264.droppedFrames;
  }

  /** What the sequence header of audio says; null before one has come. */
  get announced(): AudioConfig | null {
    return this.#aac?.announced ?? null;
  }

  drops(track: TrackName): UnitDrops {
    return track === "video" ? this.#h264.drops : this.#audioDrops;
  }

  /** Null for what is no frame, or none that is wanted. @throws UnsupportedCodecError */
  read(message: FlvMessage): MessageFrame | null {
    const body = readMessageBody(message);
    switch (body.kind) {
      case "video-config":
        return this.#tell("video", body.record);
      case "audio-config":
        this.#tell("audio", body.record);
        if (this.#aac === null && this.#wanted.audio) this.#configure("audio", body.record);
        return null;
      case "video-frame":
        return this.#frame("video", message.timestampMs, body.data, body.compositionTimeMs * 1000);
      case "audio-frame":
        return this.#frame("audio", message.timestampMs, body.data, 0);
      case "unsupported":
        if (this.#wanted[body.track]) throw new UnsupportedCodecError(body);
        return null;
      default:
        return null;
    }
  }

  /** The packets of a frame, in common time. */
  packets({ track, data, record, compositionUs }: MessageFrame, timeUs: number): Packet[] {
    if (this.#configured.get(track) !== record) this.#configure(track, record);
    if (track === "audio") return this.#audio(data, timeUs);
    const presentationTimeUs = timeUs + compositionUs;
    return this.#h264
      .push(data, timeUs - this.#leadUs)
      .map((packet) => (packet.kind === "video-frame" ? { ...packet, presentationTimeUs } : packet));
  }

  /** Repeated, as before each key frame, it stays the same object. */
  #tell(track: TrackName, record: Uint8Array): null {
    const known = this.#records.get(track);
    if (known === undefined || Buffer.compare(known, record) !== 0) this.#records.set(track, record);
    return null;
  }

  /** A track's frames mean nothing before its sequence header. */
  #frame(
    track: TrackName,
    timestampMs: number,
    data: Uint8Array,
    compositionUs: number,
  ): MessageFrame | null {
    const record = this.#records.get(track);
    if (!this.#wanted[track] || record === undefined) return null;
    this.#leadUs = Math.max(this.#leadUs, -compositionUs);
    return { track, timeUs: this.#unwrapped(timestampMs) * 1000, compositionUs, data, record };
  }

  /** 32 bits begin again after 49 days: what is nearer counts, ahead or back. */
  #unwrapped(timestampMs: number): number {
    const stepMs = this.#lastTimestampMs === null ? timestampMs : (timestampMs - this.#lastTimestampMs) | 0;
    this.#lastTimestampMs = timestampMs;
    this.#timeMs += stepMs;
    return this.#timeMs;
  }

  /** One that cannot be read changes nothing. */
  #configure(track: TrackName, record: Uint8Array): void {
    this.#configured.set(track, record);
    this.drops(track).guard(() => {
      if (track === "audio") this.#aac = new AacTrack(record);
      else if (isAvcc(record)) this.#h264.configure(record);
      else throw new CorruptInputError("FLV: the video sequence header is not an avcC");
    });
  }

  #audio(data: Uint8Array, timeUs: number): Packet[] {
    if (this.#aac === null) return [];
    this.#audioDrops.used();
    return this.#aac.push(data, timeUs);
  }
}

/** A codec or an arrangement of tracks that cannot be carried, and what the sender's user can do about it. */
export class UnsupportedCodecError extends CorruptInputError {
  constructor({ codec, remedy }: Pick<MessageBody & { kind: "unsupported" }, "codec" | "remedy">) {
    super(`${codec} is not supported; ${remedy}`);
  }
}
