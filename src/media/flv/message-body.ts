import { CorruptInputError } from "../corrupt-input.ts";
import type { AudioCodec, VideoCodec } from "../packet.ts";
import { type Amf0Value, decodeAmf0, propertiesOf } from "./amf0.ts";
import { SoundFormat } from "./audio-form.ts";
import { readInt24 } from "./bytes.ts";
import {
  AUDIO_FOURCCS,
  exHeaderBytes,
  exSoundFormat,
  exVideoMark,
  fourccOf,
  PacketType,
  VIDEO_FOURCCS,
} from "./fourcc.ts";
import { TagType } from "./layout.ts";
import type { FlvMessage } from "./message.ts";

/** What a message of any sender says; the bytes are views into it. */
export type MessageBody =
  /** A decoder configuration record: avcC, hvcC, av1C. */
  | { readonly kind: "video-config"; readonly codec: VideoCodec; readonly record: Uint8Array }
  | {
      readonly kind: "video-frame";
      readonly codec: VideoCodec;
      readonly isKey: boolean;
      /** Presentation time less the message's timestamp; some encoders' are less than nothing. */
      readonly compositionTimeMs: number;
      readonly data: Uint8Array;
    }
  /** An AudioSpecificConfig, an OpusHead. */
  | { readonly kind: "audio-config"; readonly codec: AudioCodec; readonly record: Uint8Array }
  | { readonly kind: "audio-frame"; readonly codec: AudioCodec; readonly data: Uint8Array }
  | ({ readonly kind: "metadata" } & StreamMetadata)
  /** `remedy`: what the sender's user can do about it. */
  | {
      readonly kind: "unsupported";
      readonly track: "video" | "audio";
      readonly codec: string;
      readonly remedy: string;
    }
  /** Nothing that anybody needs: an end of sequence, a message without a body. */
  | { readonly kind: "nothing" };

/** What onMetaData says of a live stream; null where it does not. */
export interface StreamMetadata {
  readonly hasVideo: boolean | null;
  readonly hasAudio: boolean | null;
  readonly fps: number | null;
}

const NOTHING: MessageBody = { kind: "nothing" };
const H264_REMEDY = "set the encoder to H.264";
const AAC_REMEDY = "set the audio encoder to AAC";

/** Reads a message as other servers and publishers send it: what is too short to say anything says nothing. */
export function readMessageBody({ type, body }: Pick<FlvMessage, "type" | "body">): MessageBody {
  switch (type) {
    case TagType.video:
      return readVideo(body);
    case TagType.audio:
      return readAudio(body);
    case TagType.script:
      return readScript(body);
  }
}

/** CodecID (Adobe FLV 10.1, E.4.3.1; 12 and 13 are what CDNs have agreed on), with AVC's five bytes. */
const VIDEO_IDS: Readonly<Record<number, VideoCodec>> = { 7: "h264", 12: "hevc", 13: "av1" };
const OTHER_VIDEO: Readonly<Record<number | string, string>> = {
  ...{ 2: "Sorenson H.263", 3: "Screen Video", 4: "VP6", 5: "VP6", 6: "Screen Video" },
  ...{ 8: "VP8", 9: "VP9", 14: "H.266" },
  ...{ vp08: "VP8", vp09: "VP9", vvc1: "H.266" },
};

/** FrameType 5 carries a command to the player, and no frame. */
const COMMAND_FRAME = 5;
const VIDEO_MULTITRACK = 6;
const AUDIO_MULTITRACK = 5;
const compositionTimeBytes = 3;
/** FrameType with CodecID, AVCPacketType, CompositionTime. */
const classicHeaderBytes = 5;

function readVideo(body: Uint8Array): MessageBody {
  const [first = 0, packetType = 0] = body;
  const frameType = (first >> 4) & 0b111;
  if (body.length < 2 || frameType === COMMAND_FRAME) return NOTHING;
  const isKey = frameType === 1;
  if ((first & exVideoMark) !== 0) return readExVideo(body, isKey);
  const codecId = first & 0xf;
  const codec = VIDEO_IDS[codecId];
  if (codec === undefined)
    return unsupported("video", OTHER_VIDEO[codecId] ?? `video with codec id ${codecId}`);
  return videoBody(codec, packetType, isKey, readInt24(body, 2), body.subarray(classicHeaderBytes));
}

function readExVideo(body: Uint8Array, isKey: boolean): MessageBody {
  const packetType = (body[0] ?? 0) & 0xf;
  if (packetType === VIDEO_MULTITRACK)
    return { ...unsupported("video", "multitrack video"), remedy: "turn it off in the encoder" };
  const fourcc = fourccOf(body);
  const codec = VIDEO_FOURCCS[fourcc];
  if (codec === undefined) return unsupported("video", OTHER_VIDEO[fourcc] ?? `the video codec "${fourcc}"`);
  const rest = body.subarray(exHeaderBytes);
  if (packetType === PacketType.codedX) return videoBody(codec, PacketType.coded, isKey, 0, rest);
  const hasTime = packetType === PacketType.coded && codec !== "av1";
  const data = hasTime ? rest.subarray(compositionTimeBytes) : rest;
  return videoBody(codec, packetType, isKey, hasTime ? readInt24(rest, 0) : 0, data);
}

function videoBody(
  codec: VideoCodec,
  packetType: number,
  isKey: boolean,
  compositionTimeMs: number,
  data: Uint8Array,
): MessageBody {
  if (data.length === 0) return NOTHING;
  if (packetType === PacketType.sequenceStart) return { kind: "video-config", codec, record: data };
  if (packetType !== PacketType.coded) return NOTHING;
  return { kind: "video-frame", codec, isKey, compositionTimeMs, data };
}

/** SoundFormat (Adobe FLV 10.1, E.4.2.1). */
const G711 = { 7: "pcm_alaw", 8: "pcm_mulaw" } as const;
const OTHER_AUDIO: Readonly<Record<number | string, string>> = {
  ...{ 0: "PCM audio", 1: "ADPCM audio", 3: "PCM audio" },
  ...{ 4: "Nellymoser audio", 5: "Nellymoser audio", 6: "Nellymoser audio" },
  ...{ 11: "Speex audio", 13: "Opus", 14: "MP3" },
  ...{ fLaC: "FLAC", "ac-3": "AC-3", "ec-3": "E-AC-3" },
};
/** SoundRate 0 and one channel: what 8 kHz mono is written as, with SoundSize as anybody likes. */
const G711_FIELDS = 0b1101;

function readAudio(body: Uint8Array): MessageBody {
  const [first = 0, packetType = 0] = body;
  if (body.length < 2) return NOTHING;
  const soundFormat = first >> 4;
  switch (soundFormat) {
    case exSoundFormat:
      return readExAudio(body);
    case SoundFormat.aac:
      return audioBody("aac", packetType, body.subarray(2));
    case SoundFormat.mp3:
      return audioBody("mp3", PacketType.coded, body.subarray(1));
    case SoundFormat.aLaw:
    case SoundFormat.muLaw:
      if ((first & G711_FIELDS) === 0)
        return audioBody(G711[soundFormat], PacketType.coded, body.subarray(1));
      return unsupported("audio", "G.711 other than 8 kHz mono");
    default:
      return unsupported("audio", OTHER_AUDIO[soundFormat] ?? `audio with format id ${soundFormat}`);
  }
}

function readExAudio(body: Uint8Array): MessageBody {
  const packetType = (body[0] ?? 0) & 0xf;
  if (packetType === AUDIO_MULTITRACK)
    return { ...unsupported("audio", "multitrack audio"), remedy: "turn it off in the encoder" };
  const fourcc = fourccOf(body);
  const codec = AUDIO_FOURCCS[fourcc];
  if (codec === undefined) return unsupported("audio", OTHER_AUDIO[fourcc] ?? `the audio codec "${fourcc}"`);
  return audioBody(codec, packetType, body.subarray(exHeaderBytes));
}

function audioBody(codec: AudioCodec, packetType: number, data: Uint8Array): MessageBody {
  if (data.length === 0) return NOTHING;
  if (packetType === PacketType.sequenceStart) return { kind: "audio-config", codec, record: data };
  return packetType === PacketType.coded ? { kind: "audio-frame", codec, data } : NOTHING;
}

function unsupported(track: "video" | "audio", codec: string): MessageBody & { kind: "unsupported" } {
  return { kind: "unsupported", track, codec, remedy: track === "video" ? H264_REMEDY : AAC_REMEDY };
}

/** What cannot be read of a script is none of ours: some programs write other types, or cut it short. */
function readScript(body: Uint8Array): MessageBody {
  let values: readonly Amf0Value[];
  try {
    values = decodeAmf0(body);
  } catch (error) {
    if (!(error instanceof CorruptInputError)) throw error;
    return NOTHING;
  }
  const [name, value] = values[0] === "@setDataFrame" ? values.slice(1) : values;
  const list = propertiesOf(value);
  if (name !== "onMetaData" || list === null) return NOTHING;
  const properties = new Map(list);
  const hasVideo = has(properties, "hasVideo", "videocodecid");
  const hasAudio = has(properties, "hasAudio", "audiocodecid");
  const isTold = hasVideo || hasAudio;
  return {
    kind: "metadata",
    hasVideo: isTold ? hasVideo : null,
    hasAudio: isTold ? hasAudio : null,
    fps: fpsOf(properties.get("framerate") ?? properties.get("fps")),
  };
}

/** Programs that write `hasVideo` and `hasAudio` mean it; all write the codecs of what there is. */
function has(properties: ReadonlyMap<string, Amf0Value>, flag: string, codec: string): boolean {
  const told = properties.get(flag);
  return typeof told === "boolean" ? told : properties.has(codec);
}

const MAX_FPS = 1000;

function fpsOf(value: Amf0Value | undefined): number | null {
  return typeof value === "number" && value > 0 && value <= MAX_FPS ? value : null;
}
