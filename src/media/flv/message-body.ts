import { CorruptInputError } from "../corrupt-input.ts";
import { type Amf0Value, decodeAmf0 } from "./amf0.ts";
import { readInt24 } from "./bytes.ts";
import { TagType } from "./layout.ts";
import type { FlvMessage } from "./message.ts";
import { videoHeaderBytes } from "./video-body.ts";

/** What a message of any sender says; the bytes are views into it. */
export type MessageBody =
  /** An AVCDecoderConfigurationRecord. */
  | { readonly kind: "video-config"; readonly record: Uint8Array }
  | {
      readonly kind: "video-frame";
      readonly isKey: boolean;
      /** Presentation time less the message's timestamp; some encoders' are less than nothing. */
      readonly compositionTimeMs: number;
      readonly data: Uint8Array;
    }
  /** An AudioSpecificConfig. */
  | { readonly kind: "audio-config"; readonly record: Uint8Array }
  | { readonly kind: "audio-frame"; readonly data: Uint8Array }
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

/** CodecID (Adobe FLV 10.1, E.4.3.1; 12 to 14 are what CDNs have agreed on). */
const AVC = 7;
const VIDEO_CODECS: Readonly<Record<number, string>> = {
  ...{ 2: "Sorenson H.263", 3: "Screen Video", 4: "VP6", 5: "VP6", 6: "Screen Video" },
  ...{ 8: "VP8", 9: "VP9", 12: "H.265", 13: "AV1", 14: "H.266" },
};
/** FourCCs of Enhanced RTMP 2. */
const FOURCC_CODECS: Readonly<Record<string, string>> = {
  ...{ hvc1: "H.265", av01: "AV1", vp08: "VP8", vp09: "VP9", vvc1: "H.266" },
  ...{ ".mp3": "MP3", Opus: "Opus", fLaC: "FLAC", "ac-3": "AC-3", "ec-3": "E-AC-3" },
};

/** FrameType 5 carries a command to the player, and no frame. */
const COMMAND_FRAME = 5;
/** VideoPacketType with AVCPacketType as its beginning, and AudioPacketType with AACPacketType. */
const PacketType = { sequenceStart: 0, coded: 1, sequenceEnd: 2, codedX: 3 } as const;
const VIDEO_MULTITRACK = 6;
const AUDIO_MULTITRACK = 5;
/** Of the first byte: IsExHeader (Enhanced RTMP 2, "ExVideoTagHeader"). */
const EX_HEADER = 0x80;
const exHeaderBytes = 5;

function readVideo(body: Uint8Array): MessageBody {
  const [first = 0, packetType = 0] = body;
  const frameType = (first >> 4) & 0b111;
  if (body.length < 2 || frameType === COMMAND_FRAME) return NOTHING;
  const isKey = frameType === 1;
  if ((first & EX_HEADER) !== 0) return readExVideo(body, isKey);
  const codecId = first & 0xf;
  if (codecId !== AVC) return unsupported("video", VIDEO_CODECS[codecId] ?? `video with codec id ${codecId}`);
  return readAvc(packetType, isKey, readInt24(body, 2), body.subarray(videoHeaderBytes));
}

/** H.264 has no FourCC before version 2 of Enhanced RTMP. */
function readExVideo(body: Uint8Array, isKey: boolean): MessageBody {
  const packetType = (body[0] ?? 0) & 0xf;
  if (packetType === VIDEO_MULTITRACK)
    return { ...unsupported("video", "multitrack video"), remedy: "turn it off in the encoder" };
  const fourcc = fourccOf(body);
  if (fourcc !== "avc1") return unsupported("video", FOURCC_CODECS[fourcc] ?? `the video codec "${fourcc}"`);
  const rest = body.subarray(exHeaderBytes);
  if (packetType !== PacketType.coded) {
    const isCodedX = packetType === PacketType.codedX;
    return readAvc(isCodedX ? PacketType.coded : packetType, isKey, 0, rest);
  }
  return readAvc(packetType, isKey, readInt24(rest, 0), rest.subarray(3));
}

function readAvc(
  packetType: number,
  isKey: boolean,
  compositionTimeMs: number,
  data: Uint8Array,
): MessageBody {
  if (data.length === 0) return NOTHING;
  if (packetType === PacketType.sequenceStart) return { kind: "video-config", record: data };
  if (packetType !== PacketType.coded) return NOTHING;
  return { kind: "video-frame", isKey, compositionTimeMs, data };
}

/** SoundFormat (Adobe FLV 10.1, E.4.2.1). */
const AAC = 10;
const EX_AUDIO = 9;
const SOUND_FORMATS: Readonly<Record<number, string>> = {
  ...{ 0: "PCM audio", 1: "ADPCM audio", 2: "MP3", 3: "PCM audio" },
  ...{ 4: "Nellymoser audio", 5: "Nellymoser audio", 6: "Nellymoser audio" },
  ...{ 7: "G.711 audio", 8: "G.711 audio", 11: "Speex audio", 13: "Opus", 14: "MP3" },
};

function readAudio(body: Uint8Array): MessageBody {
  const [first = 0, packetType = 0] = body;
  if (body.length < 2) return NOTHING;
  const soundFormat = first >> 4;
  if (soundFormat === EX_AUDIO) return readExAudio(body);
  if (soundFormat !== AAC)
    return unsupported("audio", SOUND_FORMATS[soundFormat] ?? `audio with format id ${soundFormat}`);
  return readAac(packetType, body.subarray(2));
}

function readExAudio(body: Uint8Array): MessageBody {
  const packetType = (body[0] ?? 0) & 0xf;
  if (packetType === AUDIO_MULTITRACK)
    return { ...unsupported("audio", "multitrack audio"), remedy: "turn it off in the encoder" };
  const fourcc = fourccOf(body);
  if (fourcc !== "mp4a") return unsupported("audio", FOURCC_CODECS[fourcc] ?? `the audio codec "${fourcc}"`);
  return readAac(packetType, body.subarray(exHeaderBytes));
}

function readAac(packetType: number, data: Uint8Array): MessageBody {
  if (data.length === 0) return NOTHING;
  if (packetType === PacketType.sequenceStart) return { kind: "audio-config", record: data };
  return packetType === PacketType.coded ? { kind: "audio-frame", data } : NOTHING;
}

function unsupported(track: "video" | "audio", codec: string): MessageBody & { kind: "unsupported" } {
  return { kind: "unsupported", track, codec, remedy: track === "video" ? H264_REMEDY : AAC_REMEDY };
}

function fourccOf(body: Uint8Array): string {
  return String.fromCharCode(...body.subarray(1, exHeaderBytes)).replace(/[^ -~]/g, "?");
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
  if (name !== "onMetaData" || typeof value !== "object" || value === null || !("properties" in value))
    return NOTHING;
  const properties = new Map(value.properties);
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
