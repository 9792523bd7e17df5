import { forgetEncoders } from "../encoders/cache.ts";
import { foldersOf } from "../folders.ts";
import type { Lessons, Lineup } from "./plan.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { Machine } from "../system/machine.ts";
import { deviceRetake } from "./fallback.ts";
import { EncoderDoubt, type Suspicion } from "./supervisor/encoder-doubt.ts";
import type { EndedRun } from "./supervisor/input.ts";

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
