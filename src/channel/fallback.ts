import type { ExitReason, UserError } from "../errors.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { ReorderedPicturesError } from "../media/corrupt-input.ts";
import { ForeignClockError } from "../timing/input-clock.ts";
import type { ChannelPlan, Overrides } from "./channel-plan.ts";

export interface Fallback {
  readonly overrides: Overrides;
  /** For the operator, in one line. */
  readonly notice: string;
}

/** The cause of a start that failed although frames came: none of them was one to begin with. */
export class NoKeyFramesError extends Error {
  override readonly name = "NoKeyFramesError";
}

/** Failures that no other encoder and no other way to open the device would have spared. */
const NOT_THE_ENCODER: readonly ExitReason[] = [
  "deviceAbsent",
  "deviceBusy",
  "permission",
  "noFfmpeg",
  "usage",
];

/**
 * What a start that failed before its first key frame is worth trying again with; null when it would fail the same
 * way. Each answer takes something away, so that there is an end.
 */
export function fallbackAfter(failure: UserError, plan: ChannelPlan): Fallback | null {
  return deviceFallback(failure, plan) ?? decodingFallback(failure, plan) ?? encoderFallback(failure, plan);
}

/** What the device itself taught: how it is to be opened. */
export function deviceFallback(
  failure: UserError,
  { processes, overrides }: Pick<ChannelPlan, "processes" | "overrides">,
): Fallback | null {
  if (/Bad file descriptor/.test(failure.message) && overrides.through === "pipes") {
    return {
      overrides: { ...overrides, through: "loopback" },
      notice: "this ffmpeg cannot write to inherited pipes; using loopback TCP instead",
    };
  }
  const copies = processes.some(({ source }) => source.video?.passesThrough);
  if (failure.cause instanceof NoKeyFramesError && processes.some(({ video }) => isByChoice(video))) {
    return {
      overrides: { ...overrides, transcodes: true },
      notice: "the camera's own H.264 has no usable key frame; re-encoding it",
    };
  }
  if (failure.cause instanceof ReorderedPicturesError && copies) {
    return {
      overrides: { ...overrides, transcodes: true },
      notice: "the camera's own H.264 has B-frames without presentation times; re-encoding it",
    };
  }
  const reordered = processes.find(({ video }) => video?.reordering === "looked-at");
  if (failure.cause instanceof ReorderedPicturesError && reordered !== undefined) {
    return {
      overrides: { ...overrides, reorders: true },
      notice: `${reordered.source.label} sends B-frames; reopening it to keep their timestamps`,
    };
  }
  const hasDriverClock = processes.some(({ source }) => source.device?.demuxer === "v4l2");
  if (failure.cause instanceof ForeignClockError && hasDriverClock && overrides.stampedBy === "driver") {
    return {
      overrides: { ...overrides, stampedBy: "arrival" },
      notice: `${failure.message.replace(/; set .*/, "")}; timestamping frames on arrival instead`,
    };
  }
  return null;
}

/**
 * Frames are first no longer left on the chip, then the CPU decodes; at once where nothing came until the start's time was
 * over.
 */
export function decodingFallback(
  failure: UserError,
  { processes, overrides }: Pick<ChannelPlan, "processes" | "overrides">,
): Fallback | null {
  const decoding = processes.map(({ video }) => video?.decoding).find((one) => one !== undefined);
  if (decoding === undefined || NOT_THE_ENCODER.includes(failure.reason)) return null;
  const isKept = decoding === "gpu-frames" && failure.reason !== "notReady";
  const next = isKept
    ? "copying frames through main memory instead"
    : "decoding on the CPU instead (--hwaccel none skips this attempt)";
  return {
    overrides: { ...overrides, decoding: isKept ? "gpu" : "cpu" },
    notice: `hardware decoding failed (${shortOf(failure)}); ${next}`,
  };
}

/** Which input failed, and ffmpeg's own words where there are any: the advice is not for a failure that was dealt with. */
function shortOf({ message }: UserError): string {
  return message.replace(/^(.*?: ).*\(ffmpeg: (.*)\)$/, "$1$2");
}

/** The encoder is no longer what its trial said: what is known of all of them is forgotten, and the next one tried. */
function encoderFallback(failure: UserError, { encoder, overrides }: ChannelPlan): Fallback | null {
  if (encoder === null || !encoder.isAuto || NOT_THE_ENCODER.includes(failure.reason)) return null;
  const { chosen } = encoder;
  if (chosen.encoder.hardware.kind === "none") return null;
  return {
    overrides: { ...overrides, brokenEncoders: [...overrides.brokenEncoders, chosen] },
    notice: `${chosen.encoder.name} passed its test but then failed; trying another encoder (${failure.message})`,
  };
}

/** A camera's own H.264 goes out because flvcast chose it, and not by `--copy`. */
function isByChoice(video: ProcessPlan["video"]): boolean {
  return video !== null && video.encoder === null && video.gopSeconds !== null;
}
