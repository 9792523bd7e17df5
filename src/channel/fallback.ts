import { forgetEncoders } from "../encoders/cache.ts";
import type { ExitReason, UserError } from "../errors.ts";
import { foldersOf } from "../folders.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { ReorderedPicturesError } from "../media/h264/track.ts";
import type { Machine } from "../system/machine.ts";
import { ForeignClockError } from "../timing/input-clock.ts";
import type { Lessons, Lineup } from "./plan.ts";
import { EncoderDoubt, type Suspicion } from "./supervisor/encoder-doubt.ts";
import type { EndedRun } from "./supervisor/input.ts";

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

/** A run this long speaks for its encoder. */
const HEALTHY_MS = 60_000;

/** What the runs of a cast that is on the air teach its next ones: how a device is opened, and which encoder is left out. */
export class School {
  readonly #machine: Machine;
  readonly #onNotice: (event: LogEvent) => void;
  readonly #doubt = new EncoderDoubt();
  #lessons: Lessons;

  constructor(lessons: Lessons, machine: Machine, onNotice: (event: LogEvent) => void) {
    this.#lessons = lessons;
    this.#machine = machine;
    this.#onNotice = onNotice;
  }

  /** The lessons for the run after `ended`, which had this encoder. */
  learn(ended: EndedRun, encoder: Lineup["encoder"]): Lessons {
    if (ended.isAsked) return this.#lessons; // nothing failed
    const retake = deviceRetake(ended.failure, { plans: [ended.plan] }, this.#lessons);
    if (retake !== null) {
      this.#onNotice(notice("tried-otherwise", retake.notice, { input: ended.plan.source.label }));
      this.#lessons = retake.lessons;
    }
    // `plan.video.encoder` is null where the camera's own pictures went out: no encoder of ours is to blame.
    if (ended.plan.video?.encoder != null && encoder?.isAuto) this.#judge(ended, encoder.chosen);
    return this.#lessons;
  }

  #judge(ended: EndedRun, chosen: NonNullable<Lineup["encoder"]>["chosen"]): void {
    const { sentFrames, ranMs } = ended;
    const verdict = this.#doubt.judge(suspicionOf(ended), { sentFrames, wasHealthy: ranMs >= HEALTHY_MS });
    const { brokenEncoders } = this.#lessons;
    if (verdict === "take-back") {
      this.#lessons = { ...this.#lessons, brokenEncoders: brokenEncoders.slice(0, -1) };
    }
    if (verdict !== "leave-out" || chosen.encoder.hardware.kind === "none") return;
    forgetEncoders(foldersOf(this.#machine.env).cache);
    const { name } = chosen.encoder;
    this.#onNotice(
      warning("encoder-left-out", `${name} has failed twice: it is left out`, { encoder: name }),
    );
    this.#lessons = { ...this.#lessons, brokenEncoders: [...brokenEncoders, chosen] };
  }
}

/** The device's own failures say nothing of the encoder; silence may be either's. */
function suspicionOf({ failure, isStall }: EndedRun): Suspicion {
  if (isStall) return "unclear";
  switch (failure.reason) {
    case "noEncoder":
      return "accused";
    case "failure":
      return "unclear";
    default:
      return "cleared";
  }
}
