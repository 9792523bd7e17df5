import { availableParallelism } from "node:os";
import type { EncoderCache } from "../encoders/cache.ts";
import { nowUs, type OnPackets } from "../ffmpeg/capture.ts";
import { decodesLive, type ProcessPlan } from "../ffmpeg/plan.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { HEALTHY_MS } from "../system/backoff.ts";
import type { ChannelPlan, Overrides } from "./channel-plan.ts";
import { decodingFallback, deviceFallback } from "./fallback.ts";
import { EncoderDoubt, type Suspicion } from "./supervisor/encoder-doubt.ts";
import type { EndedRun } from "./supervisor/input.ts";
import {
  cameraLateness,
  copiedLateness,
  encoderLateness,
  KeyFrameWatch,
  type LateKeyFramesSeen,
} from "./supervisor/key-frame-watch.ts";
import { PaceWatch } from "./supervisor/pace-watch.ts";

const MAX_DECODING_THREADS = Math.max(2, Math.min(4, availableParallelism()));

/** A rate that is lower by less is the same, measured again. */
const SAME_RATE = 0.9;

/**
 * What the runs of a channel that is on the air teach its next ones: how a device is opened, which encoder is left out, and
 * how key frames are counted.
 */
export class FallbackTracker {
  readonly #encoders: EncoderCache;
  readonly #onNotice: (event: LogEvent) => void;
  readonly #doubt = new EncoderDoubt();
  #overrides: Overrides;
  /** Before something was left out on trial. */
  #beforeTrial: Overrides;
  /** Of the process that encodes. */
  #pace: PaceWatch | null = null;
  /** Of what goes out as it comes. */
  #hasWarned = false;

  constructor(overrides: Overrides, encoders: EncoderCache, onNotice: (event: LogEvent) => void) {
    this.#overrides = overrides;
    this.#beforeTrial = overrides;
    this.#encoders = encoders;
    this.#onNotice = onNotice;
  }

  /**
   * Looks at a run's packets on their way: where key frames come late, it says so once. The next run of an encoder counts
   * them from zero; a camera's own H.264 is encoded from then on, so its run is ended by `restart`.
   */
  watch({ video, source }: ProcessPlan, onPackets: OnPackets, restart: () => void): OnPackets {
    if (video === null) return onPackets;
    const { encoder, gopSeconds } = video;
    if (gopSeconds === null) {
      const where = source.messages === undefined ? "the camera, or remove --copy" : "its encoder";
      return this.watchCopied(source.label, where, onPackets);
    }
    if (encoder === null) return seenBy([this.#cameraWatch(source.label, gopSeconds, restart)], onPackets);
    const pace = this.#paceWatch({ source, video }, encoder, restart);
    this.#pace = pace;
    return seenBy([this.#encoderWatch(source.label, encoder, gopSeconds), pace], onPackets);
  }

  get lagMs(): number | null {
    return this.#pace?.lagMs ?? null;
  }

  /** Where it is too slow to decode a live input frame by frame, more threads do it from a new process on. */
  #paceWatch(
    { source, video }: Pick<ProcessPlan, "source" | "video">,
    encoder: string,
    restart: () => void,
  ): PaceWatch {
    const isQueueBounded = source.device !== null && source.clock === "epoch";
    const rule = { allowedMs: isQueueBounded ? 100 : 2000, isQueueBounded, heldFrames: video?.heldFrames };
    return new PaceWatch(rule, (lagMs) => {
      const { label } = source;
      const decodingThreads = moreThreads(this.#overrides.decodingThreads);
      const late = `${label}: video is ${(lagMs / 1000).toFixed(1)} s late`;
      const isOnCpu = video?.decoding === undefined || this.#overrides.decoding === "cpu";
      if (isOnCpu && decodesLive(source, { copy: false }) && decodingThreads !== null) {
        this.#overrides = { ...this.#overrides, decodingThreads };
        const text = `${late}; decoding with ${decodingThreads} threads from now on`;
        this.#onNotice(notice("fallback", text, { input: label }));
        return restart();
      }
      const text =
        `${late} because ${encoder} cannot keep up; use a smaller --size, a lower --fps, or a faster --encoder ` +
        "(flvcast encoders)";
      this.#onNotice(warning("encoder-slow", text, { input: label, encoder, lagMs }));
    });
  }

  /** ffmpeg decodes on the CPU although told to leave it to the chip, and says so in this line: it is not asked again. */
  refused(input: string, line: string): void {
    if (this.#overrides.decoding === "cpu") return;
    this.#overrides = { ...this.#overrides, decoding: "cpu" };
    const text = `${input}: the encoder's hardware cannot decode it; decoding on the CPU instead (ffmpeg: ${line})`;
    this.#onNotice(notice("fallback", text, { input }));
  }

  /** The same for what goes out as it comes. `where`: where its key frame interval is set. */
  watchCopied(input: string, where: string, onPackets: OnPackets): OnPackets {
    const watch = new KeyFrameWatch(copiedLateness, ({ fps, intervalMs }) => {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const text =
        `${input} sends key frames more than ${copiedLateness.allowedS} s apart, so new viewers may have to wait for one ` +
        `(--key-wait); set a key frame interval (GOP) of 1 to 2 s in ${where}`;
      const rate = Number(fps.toFixed(1));
      this.#onNotice(warning("key-frames-late", text, { input, intervalMs, fps: rate }));
    });
    return seenBy([watch], onPackets);
  }

  #cameraWatch(input: string, gopSeconds: number, restart: () => void): KeyFrameWatch {
    return new KeyFrameWatch(cameraLateness(gopSeconds), ({ intervalMs }) => {
      if (this.#overrides.transcodes) return;
      this.#overrides = { ...this.#overrides, transcodes: true };
      const text =
        `${input}: key frames in the camera's own H.264 are ${(intervalMs / 1000).toFixed(1)} s apart or more; ` +
        "re-encoding it (--copy keeps it as it is)";
      this.#onNotice(notice("fallback", text, { input }));
      restart();
    });
  }

  #encoderWatch(input: string, encoder: string, gopSeconds: number): KeyFrameWatch {
    let isSaid = false;
    return new KeyFrameWatch(encoderLateness(gopSeconds), (late) => {
      if (!this.#isNews(encoder, late.fps)) return;
      const fps = Math.min(late.fps, this.#overrides.lateKeyFrames?.fps ?? late.fps);
      this.#overrides = { ...this.#overrides, lateKeyFrames: { encoder, fps } };
      if (!isSaid) this.#onNotice(lateKeyFrames(input, encoder, { ...late, gopSeconds }));
      isSaid = true;
    });
  }

  #isNews(encoder: string, fps: number): boolean {
    const known = this.#overrides.lateKeyFrames;
    return known?.encoder !== encoder || fps < known.fps * SAME_RATE;
  }

  /** The overrides for the run after `ended`, which had this encoder. */
  learn(ended: EndedRun, encoder: ChannelPlan["encoder"]): Overrides {
    if (ended.isAsked) return this.#overrides; // nothing failed
    const fallback = deviceFallback(ended.failure, {
      processes: [ended.plan],
      overrides: this.#overrides,
    });
    if (fallback !== null) {
      this.#onNotice(notice("fallback", fallback.notice, { input: ended.plan.source.label }));
      this.#overrides = fallback.overrides;
    }
    // `plan.video.encoder` is null where the camera's own pictures went out: no encoder of ours is to blame.
    const { video } = ended.plan;
    if (encoder !== null && video?.encoder != null && (encoder.isAuto || video.decoding !== undefined))
      this.#judge(ended, encoder);
    return this.#overrides;
  }

  #judge(ended: EndedRun, encoder: NonNullable<ChannelPlan["encoder"]>): void {
    const { sentFrames, ranMs, isStall, plan } = ended;
    const decoding = plan.video?.decoding;
    const suspicion = suspicionOf(ended);
    // As where the video has another size now: nobody is to be doubted.
    if (decoding === "gpu-frames" && suspicion !== "cleared" && !isStall) return this.#decodeLess(ended);
    const verdict = this.#doubt.judge(suspicion, { sentFrames, wasHealthy: ranMs >= HEALTHY_MS });
    if (verdict === "take-back") {
      const { brokenEncoders, decoding: before } = this.#beforeTrial;
      this.#overrides = { ...this.#overrides, brokenEncoders, decoding: before };
    }
    if (verdict !== "leave-out") return;
    this.#beforeTrial = this.#overrides;
    if (decoding !== undefined) this.#decodeLess(ended);
    else if (encoder.isAuto) this.#leaveOut(encoder.chosen);
  }

  #decodeLess({ failure, plan }: EndedRun): void {
    const fallback = decodingFallback(failure, { processes: [plan], overrides: this.#overrides });
    if (fallback === null) return;
    this.#onNotice(notice("fallback", fallback.notice, { input: plan.source.label }));
    this.#overrides = fallback.overrides;
  }

  #leaveOut(chosen: NonNullable<ChannelPlan["encoder"]>["chosen"]): void {
    if (chosen.encoder.hardware.kind === "none") return;
    const { brokenEncoders } = this.#overrides;
    this.#encoders.forget();
    const { name } = chosen.encoder;
    this.#onNotice(
      warning("encoder-disabled", `${name} failed twice and is no longer used`, { encoder: name }),
    );
    this.#overrides = { ...this.#overrides, brokenEncoders: [...brokenEncoders, chosen] };
  }
}

function seenBy(watches: readonly (KeyFrameWatch | PaceWatch)[], onPackets: OnPackets): OnPackets {
  return (packets, arrivalUs) => {
    for (const watch of watches) watch.see(packets, arrivalUs ?? nowUs());
    onPackets(packets, arrivalUs);
  };
}

/** From a frame at a time to two threads, and to four: each holds a frame back. Null where more would not help. */
function moreThreads(threads: number | null): number | null {
  const more = threads === null ? 2 : threads * 2;
  return more > MAX_DECODING_THREADS ? null : more;
}

function lateKeyFrames(
  input: string,
  encoder: string,
  { fps, intervalMs, gopSeconds }: LateKeyFramesSeen & { readonly gopSeconds: number },
): LogEvent {
  const rate = Number(fps.toFixed(1));
  const text =
    `${input}: at ${rate} fps, ${encoder} makes key frames ${(intervalMs / 1000).toFixed(1)} s apart instead of ` +
    `${gopSeconds} s; corrected at the next restart`;
  return warning("key-frames-late", text, { input, encoder, intervalMs, fps: rate });
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
