import type { AudioSettings } from "../media/flv/audio-body.ts";
import type { VideoSettings } from "../media/flv/video-body.ts";
import { audioDecoderConfig, videoDecoderConfig } from "./decoders.ts";

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

/** Media Source Extensions, or Apple's managed ones. */
export function playsMse(): boolean {
  return "MediaSource" in globalThis || "ManagedMediaSource" in globalThis;
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
