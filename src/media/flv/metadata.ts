import { audioCodecs, type StreamForm, videoForm } from "../codecs.ts";
import type { AudioConfig, VideoConfig } from "../packet.ts";
import { type Amf0Property, encodeAmf0 } from "./amf0.ts";

/** What the encoders were set to, or what was measured; what is unknown is missing. */
export interface Rates {
  readonly framerate?: number | undefined;
  readonly videoKbps?: number | undefined;
  readonly audioKbps?: number | undefined;
}

/** What onMetaData is made of; a track that the stream has not is null. */
export interface StreamFacts {
  readonly video: VideoConfig | null;
  readonly audio: AudioConfig | null;
  readonly rates: Rates;
  /** See `StreamForm`. */
  readonly form?: StreamForm | undefined;
  /** The program that wrote the stream, with its version: "flvcast 0.1.0". */
  readonly encoderName: string;
}

/** Body of the onMetaData script tag (Adobe FLV 10.1, E.5). No duration: a live stream has none. */
export function encodeMetadata({ video, audio, rates, form, encoderName }: StreamFacts): Uint8Array {
  const properties = [
    ...(video === null ? [] : videoProperties(video, rates, form)),
    ...(audio === null ? [] : audioProperties(audio, rates)),
    ["encoder", encoderName] as const,
  ];
  return encodeAmf0("onMetaData", { kind: "ecma-array", properties });
}

function videoProperties(
  video: VideoConfig,
  { framerate, videoKbps }: Rates,
  form: StreamForm | undefined,
): Amf0Property[] {
  return [
    ["width", video.width],
    ["height", video.height],
    ["videocodecid", videoForm(video.codec, form).codecId],
    ...known("framerate", framerate),
    ...known("videodatarate", videoKbps),
  ];
}

function audioProperties(audio: AudioConfig, { audioKbps }: Rates): Amf0Property[] {
  const { sampleRateHz, channels } = audio.output ?? audio;
  return [
    ["audiocodecid", audioCodecs[audio.codec].flv.codecId],
    ["audiosamplerate", sampleRateHz],
    ["audiosamplesize", 16], // bits: what sound decodes to
    ["stereo", channels === 2],
    ...known("audiodatarate", audioKbps),
  ];
}

function known(name: string, value: number | undefined): Amf0Property[] {
  return value === undefined ? [] : [[name, value]];
}
