import { release } from "../devices/source.ts";
import type { EncoderCache } from "../encoders/cache.ts";
import type { ExitReason, UserError } from "../errors.ts";
import { type Capture, nowUs, type OnPackets } from "../ffmpeg/capture.ts";
import type { DriverChange } from "../ffmpeg/driver-change.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { ReadCoalescer } from "../ffmpeg/read-coalescer.ts";
import { StdinCapture } from "../ffmpeg/stdin-capture.ts";
import type { PublisherSlot } from "../inputs/publishers.ts";
import type { LogEvent } from "../log.ts";
import type { Packet, TrackName, Tracks } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { InputStatus } from "../status.ts";
import type { Machine } from "../system/machine.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { restartAtClockSteps } from "./clock-steps.ts";
import { Cork } from "./cork.ts";
import { FallbackTracker } from "./fallback-tracker.ts";
import { InputRate } from "./input-rate.ts";
import { LostTracks } from "./lost-tracks.ts";
import { MediaNews } from "./media-news.ts";
import type { Pipeline } from "./pipeline.ts";
import { holdsFrames, pipelineOf } from "./pipeline-of.ts";
import type { Planner } from "./plan.ts";
import { encoderSelected, formatChanged, neverReady } from "./session-events.ts";
import { startCapture } from "./start-capture.ts";
import type { ClockWatch } from "./supervisor/clock-watch.ts";
import type { DeviceWatch } from "./supervisor/device-watch.ts";
import { type EndedRun, SupervisedInput, tracksOf } from "./supervisor/input.ts";
import { supervisionLimits } from "./supervisor/limits.ts";

export interface SessionOptions {
  readonly settings: Pick<ChannelSettings, "stallMs" | "exitOnDeviceError" | "flvForm">;
  readonly planner: Pick<Planner, "replan">;
  readonly plan: ChannelPlan;
  /** The session that it takes the place of, whose viewers stay; absent for a stream that begins. */
  readonly takesOver?: Retired | null;
  readonly outputs: FanOut;
  readonly surroundings: Surroundings;
  readonly events: SessionEvents;
}

/** What is left of a session whose processes have ended: its tracks are filled until another one takes over. */
export interface Retired {
  readonly tracks: Tracks;
  readonly pipeline: Pipeline;
  readonly lostTracks: LostTracks;
}

/** What a channel runs in. */
export interface Surroundings {
  readonly machine: Machine;
  readonly stdin: NodeJS.ReadStream;
  readonly watch: Pick<DeviceWatch, "onChange">;
  readonly clock: ClockWatch;
  readonly encoders: EncoderCache;
  /** Where the publishers of streams come; missing where there is no server for them. */
  readonly publishers?: { slotOf(name: string): PublisherSlot };
}

export interface SessionEvents {
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (event: LogEvent) => void;
  readonly onPackets: (packets: readonly Packet[]) => void;
  readonly onDropped: (track: TrackName, dropped: DroppedUnits) => void;
  /** An input was lost, or is back. */
  readonly onChange: () => void;
}

/** One run of a plan into the outputs: its inputs, each kept alive once there is something to watch. */
export class Session {
  readonly pipeline: Pipeline;
  /** Resolves with the first input's end, rejects with any input's failure. */
  readonly ended: Promise<void>;
  readonly #options: SessionOptions;
  readonly #supervised: readonly SupervisedInput[];
  readonly #fromStdin: readonly StdinCapture[];
  readonly #fallbacks: FallbackTracker;
  #plan: ChannelPlan;
  readonly #news: MediaNews;
  readonly #lostTracks: LostTracks;
  readonly #reads: ReadCoalescer;
  readonly #cork: Cork;
  #isStopped = false;
  #isRetired = false;
  #hasTakenOver = false;
  readonly #forgetClock: () => void;
  readonly #rate: InputRate;

  constructor(options: SessionOptions) {
    const { plan, outputs, surroundings, events, takesOver } = options;
    this.#options = options;
    this.#plan = plan;
    this.#news = new MediaNews({ isRaw: plan.readsStdin });
    this.#fallbacks = new FallbackTracker(plan.overrides, surroundings.encoders, events.onNotice);
    this.pipeline = takesOver?.pipeline ?? pipelineOf(plan, outputs, options.settings.flvForm);
    this.#lostTracks =
      takesOver?.lostTracks ?? new LostTracks({ pipeline: this.pipeline, tracks: plan.tracks, nowUs });
    if (takesOver) {
      this.pipeline.correct(plan.rates);
      this.pipeline.interleave(holdsFrames(plan));
    }
    this.#cork = new Cork({ outputs, onPackets: (packets) => this.#came(packets) });
    this.#reads = new ReadCoalescer({ cork: () => this.#cork.cork(), uncork: () => this.#cork.uncork() });
    this.#rate = new InputRate(this.pipeline, plan.processes);
    const onPackets = (packets: readonly Packet[]) => this.#reads.lead(() => this.#push(packets));
    this.#fromStdin = plan.readsStdin
      ? [
          new StdinCapture(surroundings.stdin, plan.rates.framerate ?? null, {
            onPackets: this.#fallbacks.watchCopied("stdin", "the encoder", onPackets),
            onDropped: (track, dropped) => this.#drop("stdin", track, dropped),
          }),
        ]
      : [];
    for (const one of plan.processes) this.#news.see(one);
    this.#supervised = plan.processes.map((one) => this.#supervise(one));
    for (const input of this.#supervised.slice(plan.readsStdin ? 0 : 1)) this.#fillAfter(input);
    const [first, ...others] = this.#inputs.map((input) => input.ended);
    this.#forgetClock = restartAtClockSteps(this.#supervised, surroundings.clock, events.onNotice);
    this.ended = Promise.race([first, Promise.all(others).then(() => first)]);
    setImmediate(() => this.#tell()).unref(); // listeners need the session, which exists only after this constructor
  }

  /** As it is by now: an encoder may have been left out, and a device be at another node. */
  get plan(): ChannelPlan {
    return this.#plan;
  }

  /** How far what is encoded is behind; null while the encoder keeps up. */
  get lagMs(): number | null {
    return this.#fallbacks.lagMs;
  }

  /** Something has come of an input, in place of what another session sent. */
  get hasTakenOver(): boolean {
    return this.#hasTakenOver;
  }

  get inputs(): readonly InputStatus[] {
    return this.#supervised.map((input) => input.status);
  }

  /** Resolves when no process of it is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#lostTracks.stop();
    this.#forgetClock();
    await this.#end();
  }

  /**
   * Ends its processes for others to take their place; what they sent is filled meanwhile, and viewers stay.
   * Resolves when no process of it is left.
   */
  async retire(): Promise<Retired> {
    this.#isRetired = true;
    this.#lostTracks.retire();
    this.#forgetClock();
    await this.#end();
    return { tracks: this.#plan.tracks, pipeline: this.pipeline, lostTracks: this.#lostTracks };
  }

  kill(): void {
    for (const input of this.#inputs) input.kill();
  }

  restart(): void {
    for (const input of this.#supervised) input.restart();
  }

  /** Why nothing could be watched, as far as what came tells. */
  neverReady(reason: ExitReason, circumstance: string): UserError {
    const frames = this.#inputs.reduce((sum, input) => sum + input.droppedFrames, 0);
    return neverReady(reason, circumstance, {
      labels: this.#inputs.map((input) => input.label),
      missing: this.pipeline.missing ?? "video",
      undecodableFrames: this.pipeline.videoConfig === null ? frames : 0,
      lastDamage: this.#news.lastDamage,
    });
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#inputs.map((input) => input.stop()));
    for (const { source } of [...this.#options.plan.processes, ...this.#plan.processes]) release(source);
  }

  get #inputCount(): number {
    const { processes, readsStdin } = this.#options.plan;
    return processes.length + (readsStdin ? 1 : 0);
  }

  get #inputs() {
    return [...this.#fromStdin, ...this.#supervised];
  }

  #push(packets: readonly Packet[], arrivalUs = nowUs()): void {
    if (this.#isRetired) return; // too late: another one has its place
    this.pipeline.push(packets, arrivalUs);
    this.#cork.push(packets);
  }

  /** What came together is in the outputs. */
  #came(packets: readonly Packet[]): void {
    this.#news.hear(packets);
    this.#options.events.onPackets(packets);
    this.#lostTracks.watch();
    this.#tell();
  }

  #drop(label: string, track: TrackName, dropped: DroppedUnits): void {
    this.#news.drop(label, dropped);
    this.#options.events.onDropped(track, dropped);
    this.#tell();
  }

  #supervise(plan: ProcessPlan): SupervisedInput {
    const { settings, outputs, surroundings, events } = this.#options;
    const input = new SupervisedInput({
      plan,
      watch: surroundings.watch,
      onNotice: events.onNotice,
      ...supervisionLimits(settings.stallMs),
      startCapture: (next, onPackets) => this.#capture(next, onPackets, () => input.restart()),
      replan: (ended) => this.#replan(ended),
      survives: () => outputs.isReady && !settings.exitOnDeviceError && !plan.source.hasEnd,
      isSuccessor: this.#options.takesOver != null,
      onPackets: (packets, arrivalUs) => {
        this.#rate.see(plan, packets);
        this.#push(packets, arrivalUs);
      },
      onLost: (lost) => this.#lost(lost),
      onBack: (back) => this.#back(back),
    });
    return input;
  }

  /** The stream ends with its first input; what another had is filled from its end on. */
  #fillAfter(input: SupervisedInput): void {
    input.ended.then(
      () => this.#over(input.plan),
      () => undefined, // its failure is the session's
    );
  }

  #capture(plan: ProcessPlan, onPackets: OnPackets, restart: () => void): Capture {
    const { label, hasEnd } = plan.source;
    return startCapture(plan, {
      ffmpeg: this.#plan.ffmpeg,
      through: this.#plan.overrides.through,
      reads: this.#reads,
      isFollowed: this.#inputCount > 1,
      surroundings: this.#options.surroundings,
      onPackets: this.#fallbacks.watch(plan, onPackets, restart),
      onDropped: (track, dropped) => this.#drop(label, track, dropped),
      onAnnounced: (config) => this.pipeline.expectAudio(config),
      onTrackEnd: (track) => this.#lostTracks[hasEnd ? "end" : "miss"]([track]),
      onFfmpegLine: this.#options.events.onFfmpegLine,
      onDriverChange: (change) => this.#hear(change, label),
      onGpuDecodingRefused: (line) => this.#fallbacks.refused(label, line),
    });
  }

  /** What a driver made of what it was asked for is said once, and stands in the metadata. */
  #hear(change: DriverChange, label: string): void {
    this.#options.events.onNotice(formatChanged(label, change));
    this.#rate.hear(change);
  }

  #lost(plan: ProcessPlan): void {
    if (this.#isRetired) return;
    this.#lostTracks.miss(tracksOf(plan));
    this.#options.events.onChange();
  }

  #over(plan: ProcessPlan): void {
    if (this.#isRetired) return;
    this.#lostTracks.end(tracksOf(plan));
    this.#options.events.onChange();
  }

  #back(plan: ProcessPlan): void {
    this.#rate.breaks();
    this.#hasTakenOver = true;
    this.#lostTracks.back(tracksOf(plan));
    this.#options.events.onChange();
  }

  /** What is to be said of the inputs' bytes is said. */
  #tell(): void {
    for (const event of this.#news.due(performance.now())) this.#options.events.onNotice(event);
  }

  async #replan(ended: EndedRun): Promise<ProcessPlan> {
    const { planner, events } = this.#options;
    const before = this.#plan.encoder;
    const overrides = this.#fallbacks.learn(ended, before);
    const { process: next, plan } = await planner.replan(ended, this.#plan, overrides);
    if (this.#isStopped || this.#isRetired) {
      release(next.source); // too late
      return next;
    }
    const processes = this.#plan.processes.map((one) => (one === ended.plan ? next : one));
    this.#plan = { ...plan, processes };
    this.pipeline.interleave(holdsFrames(this.#plan));
    const { encoder } = plan;
    if (encoder !== null && encoder.chosen.encoder !== before?.chosen.encoder) {
      events.onNotice(encoderSelected(next.source.label, encoder.chosen.encoder.name));
    }
    return next;
  }
}
