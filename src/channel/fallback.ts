import { ReorderedPicturesError } from "../media/h264/track.ts";
import { ForeignClockError } from "../timing/input-clock.ts";
import type { ExitReason, UserError } from "../errors.ts";
import type { Lessons, Lineup } from "./plan.ts";

/** What happened, and what the next attempt does about it. */
export interface Retake {
  readonly lessons: Lessons;
  /** For the operator, in one line. */
  readonly notice: string;
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
export function retakeAfter(failure: UserError, lineup: Lineup, lessons: Lessons): Retake | null {
  return deviceRetake(failure, lineup, lessons) ?? encoderRetake(failure, lineup, lessons);
}

/** What the device itself taught: how it is to be opened. */
export function deviceRetake(
  failure: UserError,
  lineup: Pick<Lineup, "plans">,
  lessons: Lessons,
): Retake | null {
  const copies = lineup.plans.some(({ source }) => source.video?.passesThrough);
  if (failure.cause instanceof ReorderedPicturesError && copies) {
    return {
      lessons: { ...lessons, encodesAnew: true },
      notice: "the camera's own H.264 has B-frames, which cannot go out live: it is encoded anew",
    };
  }
  const hasDriverClock = lineup.plans.some(({ source }) => source.device?.demuxer === "v4l2");
  if (failure.cause instanceof ForeignClockError && hasDriverClock && lessons.stampedBy === "driver") {
    return {
      lessons: { ...lessons, stampedBy: "arrival" },
      notice: `${failure.message.replace(/: set .*/, "")}: pictures are stamped as they arrive`,
    };
  }
  return null;
}

/** The encoder is no longer what its trial said: what is known of all of them is forgotten, and the next one tried. */
function encoderRetake(failure: UserError, { encoder }: Lineup, lessons: Lessons): Retake | null {
  if (encoder === null || !encoder.isAuto || NOT_THE_ENCODER.includes(failure.reason)) return null;
  const { chosen } = encoder;
  if (chosen.encoder.hardware.kind === "none") return null;
  return {
    lessons: { ...lessons, brokenEncoders: [...lessons.brokenEncoders, chosen] },
    notice: `${chosen.encoder.name} passed its trial and then failed: ${failure.message}`,
  };
}
