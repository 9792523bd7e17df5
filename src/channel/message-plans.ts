import { release, type Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import type { VideoGoal } from "../ffmpeg/encoder.ts";
import { type ProcessPlan, planMessages } from "../ffmpeg/plan.ts";
import { hasFilters } from "../ffmpeg/video-filters.ts";
import type { PassedTrack } from "../inputs/flv-opening.ts";
import type { InputSettings } from "../inputs/inputs.ts";
import { isRead, openMessages } from "../inputs/open-messages.ts";
import type { PublisherSlot } from "../inputs/publishers.ts";

export interface MessagePlanSettings extends InputSettings {
  readonly video: VideoGoal;
}

/** Plans an input that sends FLV messages, for which neither ffmpeg nor an encoder is run. */
export class MessagePlans {
  readonly #settings: MessagePlanSettings;
  readonly #publishers: PublisherSlot | null;

  /** @param publishers where the stream's publisher is; null where there is no server for publishers */
  constructor(settings: MessagePlanSettings, publishers: PublisherSlot | null) {
    this.#settings = settings;
    this.#publishers = publishers;
  }

  /** Nothing is asked of the input that takes ffmpeg. */
  get mayPass(): boolean {
    const { video, how, tracks } = this.#settings;
    const hasChoice = tracks.variant !== null || tracks.map.video !== null || tracks.map.audio !== null;
    const isPlain = isUnchanged(video) && video.size === null && video.fps === null;
    return isPlain && how.demuxer === null && !hasChoice;
  }

  /** `--device` is read without ffmpeg, if it turns out to be what it looks like. */
  get areTried(): boolean {
    const { device } = this.#settings;
    return device.kind === "publisher" || (isRead(device) && this.mayPass);
  }

  async open({ isFlv = false } = {}): Promise<Source | UserError | null> {
    const { device, video, audio, audioCodec, readyTimeoutMs: timeoutMs } = this.#settings;
    const wanted = { video: true, audio: audio === "own" };
    const others: PassedTrack = video.copy ? "all" : "universal";
    const passes = video.codec === null ? others : { video: video.codec, audio: others };
    const publishers = this.#publishers;
    return await openMessages(device, { wanted, passes, audioCodec, timeoutMs, isFlv, publishers });
  }

  /** For a source's tracks. */
  plan(source: Source): ProcessPlan {
    return planMessages(source, { video: source.video !== null, audio: source.audio !== null });
  }

  /** Opened again, with the tracks that it had: one that is missing may yet come. @throws UserError */
  async replan({ video, audio }: ProcessPlan): Promise<ProcessPlan> {
    return planMessages(await this.#again(), { video: video !== null, audio: audio !== null });
  }

  /** The same for another session, which could not begin without one of them. @throws UserError */
  async renew(old: ProcessPlan): Promise<ProcessPlan> {
    const next = this.plan(await this.#again());
    const isSame =
      (next.video === null) === (old.video === null) && (next.audio === null) === (old.audio === null);
    if (isSame) return next;
    release(next.source);
    throw new UserError("notReady", `${old.source.label} sends other tracks than before`);
  }

  async #again(): Promise<Source> {
    const opened = await this.open({ isFlv: true });
    if (opened instanceof UserError) throw opened;
    if (opened !== null) return opened;
    throw new UserError("brokenInput", `${this.#settings.device.shown} no longer sends a live FLV stream`);
  }
}

/** Nothing was asked for that only an encoder of ours can do. */
export function isUnchanged({
  copy,
  bitrateKbps,
  encoder,
  gopSeconds,
  latency,
  filters,
}: VideoGoal): boolean {
  return (
    copy ||
    (bitrateKbps === null &&
      encoder === "auto" &&
      gopSeconds === 1 &&
      latency === "low" &&
      !hasFilters(filters))
  );
}
