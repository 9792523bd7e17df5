import { type ExitReason, UserError } from "../errors.ts";
import { type DriverChange, driverChangeLine } from "../ffmpeg/driver-change.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { type LogEvent, notice } from "../log.ts";
import { isAudioCodec } from "../media/codecs.ts";
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

/** What is encoded in spite of `--copy`, since FLV cannot carry it; of sound that was never encoded, nobody expects else. */
export function encodedDespiteCopy({ source, video, audio }: ProcessPlan): readonly LogEvent[] {
  const input = source.label;
  const text = (what: string) => `${input}: FLV cannot carry ${what}, so it is encoded despite --copy`;
  const [videoCodec, audioCodec] = [source.video?.codec, source.audio?.codec];
  const isEncoded = audio?.encoder != null && audioCodec !== undefined;
  const isRaw = audioCodec?.startsWith("pcm_") === true || isAudioCodec(audioCodec ?? "");
  return [
    ...(video?.encoder == null || videoCodec === undefined
      ? []
      : [
          notice("video-encoded", text(videoCodec === "rawvideo" ? "raw video" : `${videoCodec} video`), {
            input,
          }),
        ]),
    ...(isEncoded && !isRaw ? [notice("sound-encoded", text(`${audioCodec} audio`), { input })] : []),
  ];
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
