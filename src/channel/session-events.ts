import type { SourceAudio } from "../devices/source.ts";
import { type ExitReason, UserError } from "../errors.ts";
import { type DriverChange, driverChangeLine } from "../ffmpeg/driver-change.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { audioCodecs, isAudioCodec, isVideoCodec } from "../media/codecs.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { NoKeyFramesError } from "./fallback.ts";

export function clockChanged(labels: readonly string[], stepMs: number): LogEvent {
  const input = labels.join(" and ");
  const direction = stepMs > 0 ? "forward" : "back";
  const seconds = Math.abs(stepMs / 1000).toFixed(1);
  const text = `the system clock was set ${direction} by ${seconds} s; restarting ${input}`;
  return notice("clock-changed", text, { input, stepMs: Math.round(stepMs) });
}

export function formatChanged(label: string, change: DriverChange): LogEvent {
  return notice("format-changed", driverChangeLine(label, change), { input: label, change: change.kind });
}

export function encoderSelected(label: string, encoder: string): LogEvent {
  const text = `${label} is now encoded with ${encoder}`;
  return notice("encoder-selected", text, { input: label, encoder });
}

/** What was done in another way than asked for; of interest only where the stream goes on. */
export function fallbackEvents({ processes, encoder }: ChannelPlan, copy: boolean): readonly LogEvent[] {
  const encoded = copy ? processes.flatMap(encodedDespiteCopy) : [];
  if (encoder === null) return encoded;
  const { name } = encoder.chosen.encoder;
  return [
    ...encoded,
    ...(encoder.isFallback ? [notice("encoder-selected", encoder.reason, { encoder: name })] : []),
    ...(encoder.warning === undefined
      ? []
      : [warning("encoder-limited", encoder.warning, { encoder: name })]),
  ];
}

/** What is encoded in spite of `--copy`, since FLV cannot carry it; of sound that was never encoded, nobody expects else. */
export function encodedDespiteCopy({ source, video, audio }: ProcessPlan): readonly LogEvent[] {
  const input = source.label;
  const text = (why: string) => `${input}: ${why}, so it is encoded despite --copy`;
  const videoCodec = source.video?.codec;
  const whyAudio = audio?.encoder == null || source.audio === null ? null : whyEncoded(source.audio);
  return [
    ...(video?.encoder == null || videoCodec === undefined || isVideoCodec(videoCodec)
      ? []
      : [
          notice(
            "video-encoded",
            text(`FLV cannot carry ${videoCodec === "rawvideo" ? "raw" : videoCodec} video`),
            { input },
          ),
        ]),
    ...(whyAudio === null ? [] : [notice("sound-encoded", text(whyAudio), { input })]),
  ];
}

/** Null for what was never encoded, and for what nothing is known of, which is told by itself. */
function whyEncoded({ codec, sampleRateHz, hasUnknownFormat }: SourceAudio): string | null {
  if (hasUnknownFormat) return null;
  if (!isAudioCodec(codec)) return codec.startsWith("pcm_") ? null : `FLV cannot carry ${codec} audio`;
  const { name, copiedRatesHz = [] } = audioCodecs[codec];
  if (copiedRatesHz.length === 0) return `most players do not play ${name} audio`;
  return `FLV cannot carry ${name} audio${sampleRateHz === undefined ? "" : ` at ${sampleRateHz} Hz`}`;
}

/** What is known of a session in which nothing could be watched. */
export interface NothingSeen {
  readonly labels: readonly string[];
  readonly missing: "video" | "audio";
  /** Frames of video that came, none of which can be decoded; 0 where that is not the reason. */
  readonly undecodableFrames: number;
  readonly lastDamage: string | null;
}

/** Why nothing could be watched, as far as what came tells. `circumstance`: what ended the wait. */
export function neverReady(
  reason: ExitReason,
  circumstance: string,
  { labels, missing, undecodableFrames, lastDamage }: NothingSeen,
): UserError {
  const inputs = labels.join(" and ");
  if (undecodableFrames > 0) {
    return new UserError(
      "brokenInput",
      `${inputs} sent ${undecodableFrames} frames, but no IDR frame with SPS and PPS to start decoding from (${circumstance}); ` +
        "have the encoder send them, or remove --copy",
      { cause: new NoKeyFramesError() },
    );
  }
  const text = `${inputs} sent no ${missing} (${circumstance})`;
  return new UserError(reason, lastDamage === null ? text : `${text}; last damaged data: ${lastDamage}`);
}
