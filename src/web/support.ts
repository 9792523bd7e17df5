import type { AudioSettings } from "../media/flv/audio-body.ts";
import type { VideoSettings } from "../media/flv/video-body.ts";
import type { AudioCodec, VideoCodec } from "../media/packet.ts";
import { audioDecoderConfig, isG711, videoDecoderConfig } from "./decoders.ts";
import type { MissingCodec, PlainCodec } from "./viewer-state.ts";

/** The settings of a stream's tracks; null for a track that it has not. */
export interface TrackSettings {
  readonly video: VideoSettings | null;
  readonly audio: AudioSettings | null;
}

/** WebCodecs with this very stream: both tracks, since a player that has one of them is half a player. */
export async function playsLowLatency({ video, audio }: TrackSettings): Promise<boolean> {
  if (!hasWebCodecs()) return false;
  const decodesAudio = audio === null || isG711(audio.codec);
  if (!decodesAudio && typeof AudioDecoder === "undefined") return false;
  try {
    const [videoAnswer, audioAnswer] = await Promise.all([
      video === null || VideoDecoder.isConfigSupported(videoDecoderConfig(video)),
      decodesAudio || AudioDecoder.isConfigSupported(audioDecoderConfig(audio)),
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
  return [video, audio].every((track) => track === null || !failsInMpegts(track)) && hasMse({ video, audio });
}

function hasMse({ video, audio }: TrackSettings): boolean {
  const source = "MediaSource" in globalThis ? globalThis.MediaSource : managedSource();
  if (source === undefined) return false;
  const types = [video && mseVideo[video.codec](video), audio && mseAudio[audio.codec]];
  return types.every((type) => type === null || source.isTypeSupported(type));
}

/** Not in the DOM's types yet. */
function managedSource(): typeof MediaSource | undefined {
  return Reflect.get(globalThis, "ManagedMediaSource");
}

/** mpegts.js 1.8 misreads the frame headers of AV1, and stops at G.711. */
function failsInMpegts({ codec }: VideoSettings | AudioSettings): boolean {
  return codec === "av1" || codec === "pcm_alaw" || codec === "pcm_mulaw";
}

/** What to ask of Media Source Extensions; null where there is nothing to ask. */
const mseVideo: Readonly<Record<VideoCodec, (settings: VideoSettings) => string | null>> = {
  h264: () => null,
  hevc: (settings) => `video/mp4; codecs="${videoDecoderConfig(settings).codec}"`,
  av1: (settings) => `video/mp4; codecs="${videoDecoderConfig(settings).codec}"`,
};
const mseAudio: Readonly<Record<AudioCodec, string | null>> = {
  ...{ aac: null, opus: 'audio/mp4; codecs="opus"', mp3: "audio/mpeg" },
  ...{ pcm_alaw: null, pcm_mulaw: null },
};

/** For viewers. */
const NAMES: Readonly<Record<VideoCodec | AudioCodec, PlainCodec | null>> = {
  ...{ h264: null, hevc: "H.265", av1: "AV1" },
  ...{ aac: null, opus: "Opus", mp3: "MP3", pcm_alaw: "G.711", pcm_mulaw: "G.711" },
};

/** The codec over which a stream cannot be played here; null where it is none that only some browsers have. */
export async function missingCodec({ video, audio }: TrackSettings): Promise<MissingCodec | null> {
  const tracks = [
    { settings: video, alone: { video, audio: null } },
    { settings: audio, alone: { video: null, audio } },
  ];
  for (const { settings, alone } of tracks) {
    const codec = settings && NAMES[settings.codec];
    if (settings === null || codec === null || playsMse(alone) || (await playsLowLatency(alone))) continue;
    // What mpegts.js fails with, WebCodecs plays, which only secure pages have.
    return { codec, needsHttps: !globalThis.isSecureContext && failsInMpegts(settings) && hasMse(alone) };
  }
  const codec = NAMES[video?.codec ?? "h264"] ?? NAMES[audio?.codec ?? "aac"];
  return codec && { codec, needsHttps: false };
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
