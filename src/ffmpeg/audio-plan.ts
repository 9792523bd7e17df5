import type { SourceAudio } from "../devices/source.ts";
import { audioCodecs, isAudioCodec } from "../media/codecs.ts";
import type { AudioCodec, AudioConfig } from "../media/packet.ts";
import type { PlanOptions, ProcessPlan } from "./plan.ts";
import { type SoundEncoder, soundEncoders } from "./sound-encoders.ts";

export interface AudioPlan {
  readonly pipe: number;
  /** null where the source's codec passes through. */
  readonly encoder: SoundEncoder["name"] | null;
  readonly bitrateKbps: number | null;
}

/** What sound shall be; `auto` is AAC where flvcast encodes, and what comes where it copies. */
export const wantedAudioCodecs = ["auto", "aac", "opus", "g711"] as const;
export type WantedAudioCodec = (typeof wantedAudioCodecs)[number];

export const AUDIO_PIPE = 3;

/** The config of the sound that comes beside this process's pictures; null where it is known only when sound has come. */
export function expectedAudio({ video, audio }: Pick<ProcessPlan, "video" | "audio">): AudioConfig | null {
  if (video === null || audio === null || audio.encoder === null) return null;
  return Object.values(soundEncoders).find(({ name }) => name === audio.encoder)?.announces ?? null;
}

/** Whether sound that would be copied is encoded, since nobody can tell what it will be. */
export function encodesUnknownSound({
  source,
  video,
  audio,
}: Pick<ProcessPlan, "source" | "video" | "audio">): boolean {
  const isUnknown = source.audio?.hasUnknownFormat === true && isAudioCodec(source.audio.codec);
  return isUnknown && audio !== null && video?.encoder === null;
}

/** Whether sound of this codec is what is wanted. */
export function isWantedAudio(codec: AudioCodec, wanted: WantedAudioCodec): boolean {
  return wanted === "auto" || wanted === (codec === "pcm_alaw" || codec === "pcm_mulaw" ? "g711" : codec);
}

function isCopied(audio: SourceAudio, wanted: WantedAudioCodec): boolean {
  const { codec, sampleRateHz, hasUnknownFormat } = audio;
  if (!isAudioCodec(codec) || hasUnknownFormat || !isWantedAudio(codec, wanted)) return false;
  if (wanted === "g711") return sampleRateHz === 8000 && audio.isMono === true; // all that FLV has a name for
  const { copiedRatesHz } = audioCodecs[codec];
  return copiedRatesHz === undefined || copiedRatesHz.some((rateHz) => rateHz === sampleRateHz);
}

/** How a source's audio is captured: passed through where `copy` says so and it is what is wanted. */
export function planAudio(
  audio: SourceAudio,
  { copy, audioCodec = "auto" }: Pick<PlanOptions, "copy" | "audioCodec">,
): { readonly options: readonly string[]; readonly plan: AudioPlan } {
  if (copy && isCopied(audio, audioCodec)) {
    return {
      options: ["-map", audio.map, "-c:a", "copy", "-copyinkf"], // ffmpeg 7.1 marks no frame of an RTSP camera's AAC as key
      plan: { pipe: AUDIO_PIPE, encoder: null, bitrateKbps: null },
    };
  }
  const { name, bitrateKbps, filters, options } = soundEncoders[audioCodec === "auto" ? "aac" : audioCodec];
  return {
    options: [
      ...["-map", audio.map, "-af", [...audio.filters, ...filters].join(",")],
      ...["-c:a", name, ...options],
    ],
    plan: { pipe: AUDIO_PIPE, encoder: name, bitrateKbps },
  };
}
