import type { AudioSettings } from "../media/flv/audio-body.ts";
import type { VideoSettings } from "../media/flv/video-body.ts";
import type { AudioCodec, VideoCodec } from "../media/packet.ts";
import { audioDecoderConfig, videoDecoderConfig } from "./decoders.ts";
import type { PlainCodec } from "./viewer-state.ts";

/** The settings of a stream's tracks; null for a track that it has not. */
export interface TrackSettings {
  readonly video: VideoSettings | null;
  readonly audio: AudioSettings | null;
}

/** WebCodecs with this very stream: both tracks, since a player that has one of them is half a player. */
export async function playsLowLatency({ video, audio }: TrackSettings): Promise<boolean> {
  if (!hasWebCodecs()) return false;
  if (audio !== null && typeof AudioDecoder === "undefined") return false;
  try {
    const [videoAnswer, audioAnswer] = await Promise.all([
      video === null || VideoDecoder.isConfigSupported(videoDecoderConfig(video)),
      audio === null || AudioDecoder.isConfigSupported(audioDecoderConfig(audio)),
    ]);
    return isYes(videoAnswer) && isYes(audioAnswer);
  } catch {
    return false; // settings that the browser cannot even read
  }
}

/** Whether there is a low-latency player at all; what it plays depends on the stream. */
export function hasWebCodecs(): boolean {
  return globalThis.isSecureContext && typeof VideoDecoder !== "undefined";
}

/** Media Source Extensions, or Apple's managed ones; with a stream, whether they and mpegts.js play it. */
export function playsMse({ video, audio }: TrackSettings = { video: null, audio: null }): boolean {
  const source = "MediaSource" in globalThis ? globalThis.MediaSource : managedSource();
  if (source === undefined) return false;
  const types = [video && mseVideo[video.codec](video), audio && mseAudio[audio.codec]];
  return types.every((type) => type === null || (type !== "none" && source.isTypeSupported(type)));
}

/** Not in the DOM's types yet. */
function managedSource(): typeof MediaSource | undefined {
  return Reflect.get(globalThis, "ManagedMediaSource");
}

type MseType = string | null;

/** What to ask of Media Source Extensions; null where all have the codec, "none" where mpegts.js 1.8 fails. */
const mseVideo: Readonly<Record<VideoCodec, (settings: VideoSettings) => MseType>> = {
  h264: () => null,
  hevc: (settings) => `video/mp4; codecs="${videoDecoderConfig(settings).codec}"`,
  av1: () => "none", // its parser misreads frame headers
};
const mseAudio: Readonly<Record<AudioCodec, MseType>> = {
  ...{ aac: null, opus: 'audio/mp4; codecs="opus"', mp3: "audio/mpeg" },
  ...{ pcm_alaw: "none", pcm_mulaw: "none" },
};

/** For viewers. */
const NAMES: Readonly<Record<VideoCodec | AudioCodec, PlainCodec | null>> = {
  ...{ h264: null, hevc: "H.265", av1: "AV1" },
  ...{ aac: null, opus: "Opus", mp3: "MP3", pcm_alaw: "G.711", pcm_mulaw: "G.711" },
};

/** The codec over which a stream cannot be played here; null where it is none that only some browsers have. */
export async function missingCodec({ video, audio }: TrackSettings): Promise<PlainCodec | null> {
  const tracks = [
    { settings: video, alone: { video, audio: null } },
    { settings: audio, alone: { video: null, audio } },
  ];
  for (const { settings, alone } of tracks) {
    const name = settings && NAMES[settings.codec];
    if (name !== null && !playsMse(alone) && !(await playsLowLatency(alone))) return name;
  }
  return NAMES[video?.codec ?? "h264"] ?? NAMES[audio?.codec ?? "aac"];
}

/** Whether any stream can be played here. */
export function playsAnything(): boolean {
  return playsMse() || hasWebCodecs();
}

/** iPhones have no Media Source before iOS 17.1, whatever the browser is called there. */
export function isOldIphone(userAgent: string): boolean {
  const [, major, minor] = /iPhone OS (\d+)_(\d+)/.exec(userAgent) ?? [];
  return major !== undefined && Number(major) * 100 + Number(minor) < 1701;
}

function isYes(answer: boolean | { readonly supported?: boolean }): boolean {
  return answer === true || (typeof answer === "object" && answer.supported === true);
}
