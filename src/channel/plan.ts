import { release, type Source, type SourceVideo } from "../devices/source.ts";
import type { EncoderCache } from "../encoders/cache.ts";
import {
  chooseEncoder,
  type EncoderChoice,
  type EncoderProbeOptions,
  usualPicture,
} from "../encoders/choose.ts";
import { type KnownLatencies, withNormalLatency } from "../encoders/latency.ts";
import { proveOpus } from "../encoders/opus.ts";
import { type ExitReason, UserError } from "../errors.ts";
import type { VideoGoal } from "../ffmpeg/encoder.ts";
import { encodedSize } from "../ffmpeg/filter-chain.ts";
import { type FfmpegBinary, findFfmpeg } from "../ffmpeg/find.ts";
import { encodesVideo, type ProcessPlan, planProcess } from "../ffmpeg/plan.ts";
import { VersionCache } from "../ffmpeg/version-cache.ts";
import {
  type Input,
  type InputContext,
  type InputSettings,
  openInputs,
  reopenInput,
} from "../inputs/inputs.ts";
import type { PublisherSlot } from "../inputs/publishers.ts";
import { findTimeOverlay } from "../inputs/time-overlay.ts";
import type { Tracks } from "../media/packet.ts";
import type { Machine } from "../system/machine.ts";
import { type ChannelPlan, noOverrides, type Overrides, planOf, releaseAll } from "./channel-plan.ts";
import { isUnchanged, MessagePlans } from "./message-plans.ts";
import type { EndedRun } from "./supervisor/input.ts";

/** What of a channel's settings decides what is run. */
export interface PlanSettings extends InputSettings {
  readonly video: VideoGoal;
  readonly ffmpeg: string | null;
}

/** Decides what is run for a channel, as often as it takes; ffmpeg is looked for until it is found. */
export class Planner {
  readonly #settings: PlanSettings;
  readonly #machine: Machine;
  readonly #encoders: EncoderCache;
  readonly #messages: MessagePlans;
  #ffmpeg: FfmpegBinary | null = null;
  #timeOverlay: string | null = null;
  #hasProvenOpus = false;
  readonly #latencies: KnownLatencies = new Map();

  /** @param publishers where the stream's publisher is, for the device `rtmp` */
  constructor(
    settings: PlanSettings,
    machine: Machine,
    encoders: EncoderCache,
    publishers: PublisherSlot | null = null,
  ) {
    this.#settings = settings;
    this.#machine = machine;
    this.#encoders = encoders;
    this.#messages = new MessagePlans(settings, publishers);
  }

  async ffmpeg(): Promise<FfmpegBinary> {
    this.#ffmpeg ??= await findFfmpeg(
      this.#settings.ffmpeg,
      undefined,
      new VersionCache(this.#encoders.folder),
    );
    return this.#ffmpeg;
  }

  /**
   * Finds out what can be known before a device is there, so that it need not be when it comes: ffmpeg, and the encoders
   * that work, which are remembered.
   */
  async prepare(): Promise<void> {
    if (!this.#runsProcesses || this.#messages.areTried) return;
    try {
      const stage = this.#stage(null, await this.ffmpeg(), noOverrides);
      await chooseEncoder(this.#settings.video, stage);
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure; // what does not work is told when it is needed
    }
  }

  /** Opens what `--device` and `--audio` name, finds an encoder, and plans one process for each input. */
  async plan(overrides: Overrides = noOverrides): Promise<ChannelPlan> {
    const readsStdin = this.#settings.device.kind === "stdin";
    const { fps } = this.#settings.video;
    if (!this.#runsProcesses)
      return { ...planOf([], fps, readsStdin), ffmpeg: null, encoder: null, overrides };
    const opened = this.#messages.areTried ? await this.#messages.open() : null;
    if (!(opened instanceof UserError)) return await this.#planWith(opened, overrides);
    return await this.#planWith(null, overrides).catch((failure: unknown) => {
      throw failure instanceof UserError && failure.reason === "brokenInput" ? opened : failure;
    });
  }

  /** @param opened what `--device` names, where it is read without ffmpeg */
  async #planWith(opened: Source | null, overrides: Overrides): Promise<ChannelPlan> {
    const { audio, video } = this.#settings;
    if (opened !== null && typeof audio === "string") {
      const processes = [this.#messages.plan(opened)];
      return { ...planOf(processes, video.fps, false), ffmpeg: null, encoder: null, overrides };
    }
    let sources = opened === null ? [] : [opened];
    try {
      const ffmpeg = await this.ffmpeg();
      const inputs = await openInputs(this.#settings, this.#context(ffmpeg, overrides), opened);
      sources = inputs.map(({ source }) => source);
      const encoder = await this.#encoderFor(inputs, ffmpeg, overrides);
      if (video.filters.overlayTime) this.#timeOverlay ??= await findTimeOverlay(ffmpeg, this.#machine);
      const processes = inputs.map((input) => this.#process(input, { ffmpeg, encoder, overrides }));
      await this.#checkSound(processes, ffmpeg);
      const readsStdin = this.#settings.device.kind === "stdin";
      return { ...planOf(processes, video.fps, readsStdin), ffmpeg, encoder, overrides };
    } catch (failure) {
      for (const source of sources) release(source);
      throw failure;
    }
  }

  /**
   * Plans the process of one input again, after it has ended: the same device, wherever it is by now, with the encoder that
   * works by now. The tracks stay what they were.
   *
   * @returns the process, and the plan as it is by now
   * @throws UserError while the device cannot be opened
   */
  async replan(
    {
      plan: old,
      sentFrames,
      failure,
      lastSegment = null,
    }: Pick<EndedRun, "plan" | "sentFrames" | "failure" | "lastSegment">,
    plan: ChannelPlan,
    overrides: Overrides,
  ): Promise<{ readonly process: ProcessPlan; readonly plan: ChannelPlan }> {
    if (old.source.messages !== undefined)
      return { process: await this.#messages.replan(old), plan: { ...plan, overrides } };
    const ffmpeg = await this.ffmpeg();
    const wanted = wantedOf(old);
    const isAnotherMode = overrides.transcodes !== plan.overrides.transcodes; // of the camera
    const isSame = !isAnotherMode && (sentFrames || NOT_TO_BE_HAD.includes(failure.reason));
    const context = this.#context(ffmpeg, overrides);
    const input = {
      source: await reopenInput(old.source, this.#settings, context, { isSame, lastSegment }),
      wanted,
    };
    const isKept = !wanted.video || (isSame && !asksForAnother(overrides, plan.overrides));
    const encoder = isKept ? plan.encoder : await this.#encoderFor([input], ffmpeg, overrides);
    const process = this.#process(input, { ffmpeg, encoder, overrides });
    return { process, plan: { ...plan, encoder, overrides } };
  }

  /**
   * The same plan for another session, some time after the last: each device is opened again, wherever it is by now, and taken
   * to send what it sent before. Nothing is looked at, tried or asked for its version.
   * @throws UserError where a device cannot be opened
   */
  async renew(plan: ChannelPlan): Promise<ChannelPlan> {
    const opened = await Promise.allSettled(plan.processes.map((old) => this.#renewed(old, plan)));
    const processes = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = opened.find((one) => one.status === "rejected");
    if (failed === undefined) return { ...plan, processes };
    releaseAll({ processes });
    throw failed.reason;
  }

  async #renewed(old: ProcessPlan, { encoder, overrides }: ChannelPlan): Promise<ProcessPlan> {
    if (old.source.messages !== undefined) return await this.#messages.renew(old);
    const ffmpeg = await this.ffmpeg();
    const how = { isSame: true, lastSegment: null };
    const source = await reopenInput(old.source, this.#settings, this.#context(ffmpeg, overrides), how);
    return this.#process({ source, wanted: wantedOf(old) }, { ffmpeg, encoder, overrides });
  }

  /** @throws UserError for an ffmpeg that cannot encode what was asked for */
  async #checkSound(processes: readonly ProcessPlan[], ffmpeg: FfmpegBinary): Promise<void> {
    if (this.#hasProvenOpus || !processes.some(({ audio }) => audio?.encoder === "libopus")) return;
    await proveOpus(ffmpeg, this.#machine);
    this.#hasProvenOpus = true;
  }

  /** Raw H.264 on stdin takes none. */
  get #runsProcesses(): boolean {
    const { device, audio } = this.#settings;
    return device.kind !== "stdin" || typeof audio !== "string";
  }

  #context(ffmpeg: FfmpegBinary, { stampedBy, transcodes }: Overrides): InputContext {
    const { video } = this.#settings;
    const isWanted = video.codec === null || video.codec === "h264";
    const mayCopy = isUnchanged(video) && isWanted && !transcodes;
    const mayPass = this.#messages.mayPass && isWanted;
    return { machine: this.#machine, ffmpeg, stampedBy, mayCopy, mayPass };
  }

  #process(
    { source, wanted }: Input,
    { ffmpeg, encoder, overrides }: Pick<ChannelPlan, "encoder" | "overrides"> & { ffmpeg: FfmpegBinary },
  ): ProcessPlan {
    if (source.messages !== undefined) return this.#messages.plan(source);
    return planProcess(source, wanted, {
      ...{ ...this.#settings.video, majorVersion: ffmpeg.majorVersion, encoder: encoder?.chosen ?? null },
      ...{ baseS: baseNow(), lateKeyFrames: overrides.lateKeyFrames, timeOverlay: this.#timeOverlay },
      ...{ decodingThreads: overrides.decodingThreads, reorders: overrides.reorders },
      audioCodec: this.#settings.audioCodec,
      decoding: this.#settings.video.hwaccel === "none" ? "cpu" : overrides.decoding,
    });
  }

  async #encoderFor(
    inputs: readonly Input[],
    ffmpeg: FfmpegBinary,
    overrides: Overrides,
  ): Promise<EncoderChoice | null> {
    const { video } = this.#settings;
    const input = inputs.find(({ source, wanted }) => wanted.video && encodesVideo(source, video));
    if (input === undefined) return null;
    const stage = this.#stage(input.source.video, ffmpeg, overrides);
    const choice = await chooseEncoder(video, stage);
    return video.latency === "low" ? choice : await withNormalLatency(choice, stage, this.#latencies);
  }

  #stage(
    source: SourceVideo | null,
    ffmpeg: FfmpegBinary,
    { brokenEncoders }: Overrides,
  ): EncoderProbeOptions {
    const { size, fps } = this.#settings.video;
    return {
      ffmpeg,
      machine: this.#machine,
      size: (source && encodedSize(source, this.#settings.video)) ?? size ?? usualPicture.size,
      fps: fps ?? source?.fps ?? usualPicture.fps,
      cache: this.#encoders,
      except: brokenEncoders,
    };
  }
}

/** A microphone that was gone is looked for again. */
function wantedOf({ source, video, audio }: ProcessPlan): Tracks {
  return { video: video !== null, audio: audio !== null || source.microphone !== undefined };
}

/** Whether what was learned bears on the choice of an encoder: to choose again may mean to try all of them again. */
function asksForAnother({ transcodes, brokenEncoders }: Overrides, before: Overrides): boolean {
  return transcodes !== before.transcodes || brokenEncoders !== before.brokenEncoders;
}

/** The device was not there, or not ours: nothing is said of what it sends. */
const NOT_TO_BE_HAD: readonly ExitReason[] = ["deviceAbsent", "deviceBusy", "permission"];

/** A second ago: what a driver stamped before its process was there is of after it. */
const baseNow = () => Math.floor(Date.now() / 1000) - 1;
