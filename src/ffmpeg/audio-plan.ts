import type { SourceAudio } from "../devices/source.ts";
import { audioCodecs, isAudioCodec } from "../media/codecs.ts";
import type { AudioConfig } from "../media/packet.ts";
import type { PlanOptions, ProcessPlan } from "./plan.ts";

export interface AudioPlan {
  readonly pipe: number;
  readonly encoder: "aac" | null;
  readonly bitrateKbps: number | null;
}

export const AUDIO_PIPE = 3;
const AUDIO_KBPS = 128;

/** What sound is encoded to, as ffmpeg's AAC encoder announces it. */
const ENCODED_AUDIO: AudioConfig = {
  ...{ kind: "audio-config", codec: "aac", decoderConfig: Uint8Array.of(0x11, 0x90, 0x56, 0xe5, 0x00) },
  ...{ sampleRateHz: 48_000, samplesPerFrame: 1024, channels: 2 },
};

/** The config of the sound that comes beside this process's pictures; null where it is known only when sound has come. */
export function expectedAudio({ video, audio }: Pick<ProcessPlan, "video" | "audio">): AudioConfig | null {
  return video !== null && audio?.encoder === "aac" ? ENCODED_AUDIO : null;
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

function isCopied({ codec, sampleRateHz, hasUnknownFormat }: SourceAudio): boolean {
  if (!isAudioCodec(codec) || hasUnknownFormat) return false;
  const { copiedRatesHz } = audioCodecs[codec];
  return copiedRatesHz === undefined || copiedRatesHz.some((rateHz) => rateHz === sampleRateHz);
}

/** How a source's audio is captured: passed through where `copy` says so and FLV has its codec. */
export function planAudio(
  audio: SourceAudio,
  { copy }: Pick<PlanOptions, "copy">,
): { readonly options: readonly string[]; readonly plan: AudioPlan } {
  if (copy && isCopied(audio)) {
    return {
      options: ["-map", audio.map, "-c:a", "copy", "-copyinkf"], // ffmpeg 7.1 marks no frame of an RTSP camera's AAC as key
      plan: { pipe: AUDIO_PIPE, encoder: null, bitrateKbps: null },
    };
  }
  // A device's clock drifts: aresample stretches the sound to its timestamps, by at most 1000 samples a second.
  const filters = [...audio.filters, "aresample=async=1000"];
  return {
    options: [
      ...["-map", audio.map, "-af", filters.join(",")],
      ...["-c:a", "aac", "-b:a", `${AUDIO_KBPS}k`, "-ar", "48000", "-ac", "2"],
    ],
    plan: { pipe: AUDIO_PIPE, encoder: "aac", bitrateKbps: AUDIO_KBPS },
  };
}
