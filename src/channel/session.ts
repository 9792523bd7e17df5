import type { Device } from "../devices/device.ts";
import { isOnWallClock } from "../devices/source.ts";
import type { EncoderCache } from "../encoders/cache.ts";
import { type ExitReason, UserError } from "../errors.ts";
import { FfmpegCapture, nowUs, type OnPackets } from "../ffmpeg/capture.ts";
import { type DriverChange, driverChangeLine } from "../ffmpeg/driver-change.ts";
import { encodesUnknownSound, expectedAudio, type ProcessPlan } from "../ffmpeg/plan.ts";
import { StdinCapture } from "../ffmpeg/stdin-capture.ts";
import { explainFailure } from "../inputs/device-failure.ts";
import { type LogEvent, notice } from "../log.ts";
import type { Packet, TrackName } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { InputStatus } from "../status.ts";
import type { Machine } from "../system/machine.ts";
import { FrameRate } from "../timing/frame-rate.ts";
import { version } from "../version.ts";
import { NoKeyFramesError } from "./fallback.ts";
import { FallbackTracker } from "./fallback-tracker.ts";
import { MediaNews } from "./media-news.ts";
import { Pipeline } from "./pipeline.ts";
import type { ChannelPlan, Planner } from "./plan.ts";
import type { ClockWatch } from "./supervisor/clock-watch.ts";
import type { DeviceWatch } from "./supervisor/device-watch.ts";
import { type EndedRun, SupervisedInput, tracksOf } from "./supervisor/input.ts";
import { supervisionLimits } from "./supervisor/limits.ts";

export interface SessionOptions {
  readonly settings: Pick<ChannelSettings, "stallMs" | "exitOnDeviceError">;
  readonly planner: Pick<Planner, "replan">;
  readonly plan: ChannelPlan;
  readonly outputs: FanOut;
  readonly surroundings: Surroundings;
  readonly events: SessionEvents;
}

/** What a channel runs in. */
export interface Surroundings {
  readonly machine: Machine;
  readonly stdin: NodeJS.ReadStream;
  readonly watch: DeviceWatch;
  readonly clock: ClockWatch;
  readonly encoders: EncoderCache;
}

export interface SessionEvents {
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (event: LogEvent) => void;
  readonly onPackets: (packets: readonly Packet[]) => void;
  readonly onDropped: (track: TrackName, dropped: DroppedUnits) => void;
  /** An input was lost, or is back. */
  readonly onChange: () => void;
}

/** B-frames show within the first pictures: so many are looked at before a passed-through stream is called ready. */
const COPIED_FRAMES_LOOKED_AT = 16;
/** How often it is looked whether something is missing, and filled in. */
const FILL_MS = 50;

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
  readonly #filling: NodeJS.Timeout;
  readonly #news = new MediaNews();
  /** Tracks of which nothing will ever come again. */
  readonly #ended = new Set<TrackName>();
  #isStopped = false;
  readonly #forgetClock: () => void;
  readonly #measuredRate: FrameRate;

  constructor(options: SessionOptions) {
    const { plan, outputs, surroundings, events } = options;
    this.#options = options;
    this.#plan = plan;
    this.#fallbacks = new FallbackTracker(plan.overrides, surroundings.encoders, events.onNotice);
    this.pipeline = new Pipeline({
      outputs,
      tracks: plan.tracks,
      rates: plan.rates,
      encoderName: `flvcast ${version}`,
      wallMs: () => Date.now(),
      expectedAudio: plan.processes.map(expectedAudio).find((config) => config !== null) ?? null,
      preroll: {
        minVideoFrames: plan.isCopied ? COPIED_FRAMES_LOOKED_AT : 1,
        keepsAll:
          !plan.readsStdin &&
          plan.processes.every(({ source }) => source.hasEnd && source.feed === undefined),
      },
    });
    for (const { source } of plan.processes.filter(encodesUnknownSound)) {
      const text = `${source.label} has sent no audio yet and its format is unknown, so it is encoded despite --copy`;
      events.onNotice(notice("sound-encoded", text, { input: source.label }));
    }
    const camera = plan.processes.find(({ source }) => source.clock === "rtp");
    this.#measuredRate = new FrameRate(camera?.video?.fps ?? null);
    const onPackets = (packets: readonly Packet[]) => this.#push(packets);
    this.#fromStdin = plan.readsStdin
      ? [
          new StdinCapture(surroundings.stdin, plan.rates.framerate ?? null, {
            onPackets: this.#fallbacks.watchCopied("stdin", "what encodes it", onPackets),
            onDropped: (track, dropped) => this.#drop("stdin", track, dropped),
          }),
        ]
      : [];
    for (const one of plan.processes) this.#news.copy(one);
    this.#supervised = plan.processes.map((one) => this.#supervise(one));
    for (const input of this.#supervised.slice(plan.readsStdin ? 0 : 1)) this.#fillAfter(input);
    const [first, ...others] = this.#inputs.map((input) => input.ended);
    this.#forgetClock = surroundings.clock.onSet((stepMs) => this.#clockSet(stepMs));
    this.ended = Promise.race([first, Promise.all(others).then(() => first)]);
    this.#filling = setInterval(() => this.#fill(), FILL_MS);
  }

  /** As it is by now: an encoder may have been left out. */
  get plan(): ChannelPlan {
    return this.#plan;
  }

  /** How far what is encoded is behind; null while the encoder keeps up. */
  get lagMs(): number | null {
    return this.#fallbacks.lagMs;
  }

  get inputs(): readonly InputStatus[] {
    return this.#supervised.map((input) => input.status);
  }

  /** Resolves when no process of it is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#filling);
    this.#forgetClock();
    await Promise.allSettled(this.#inputs.map((input) => input.stop()));
    for (const { source } of this.#options.plan.processes) source.feed?.close();
  }

  kill(): void {
    for (const input of this.#inputs) input.kill();
  }

  restart(): void {
    for (const input of this.#supervised) input.restart();
  }

  /** Why nothing could be watched, as far as what came tells. */
  neverReady(reason: ExitReason, circumstance: string): UserError {
    const labels = this.#inputs.map((input) => input.label).join(" and ");
    const frames = this.#inputs.reduce((sum, input) => sum + input.droppedFrames, 0);
    if (frames > 0 && this.pipeline.videoConfig === null) {
      return new UserError(
        "brokenInput",
        `${labels}: ${frames} pictures came, and none of them is an IDR picture with its SPS and PPS, where decoding ` +
          `could begin; ${circumstance}: have its encoder send them, or leave --copy out`,
        { cause: new NoKeyFramesError() },
      );
    }
    const missing = this.pipeline.missing ?? "video";
    const text = `${labels} sent no ${missing} to begin with: ${circumstance}`;
    const damage = this.#news.lastDamage;
    return new UserError(reason, damage === null ? text : `${text}; the last damage: ${damage}`);
  }

  get #inputCount(): number {
    const { processes, readsStdin } = this.#options.plan;
    return processes.length + (readsStdin ? 1 : 0);
  }

  get #inputs() {
    return [...this.#fromStdin, ...this.#supervised];
  }

  /** What devices have stamped by the system's clock since it was set cannot be used: see `epochClock`. */
  #clockSet(stepMs: number): void {
    const stamped = this.#supervised.filter(({ plan }) => isOnWallClock(plan.source));
    if (stamped.length === 0) return;
    const direction = stepMs > 0 ? "forward" : "back";
    const labels = stamped.map(({ label }) => label).join(" and ");
    const seconds = Math.abs(stepMs / 1000).toFixed(1);
    const text = `the system's clock was set ${direction} by ${seconds} s: restarting ${labels}`;
    this.#options.events.onNotice(
      notice("clock-changed", text, { input: labels, stepMs: Math.round(stepMs) }),
    );
    for (const input of stamped) input.restart();
  }

  #push(packets: readonly Packet[], arrivalUs = nowUs()): void {
    this.pipeline.push(packets, arrivalUs);
    this.#news.hear(packets);
    this.#options.events.onPackets(packets);
  }

  #drop(label: string, track: TrackName, dropped: DroppedUnits): void {
    this.#news.drop(label, dropped);
    this.#options.events.onDropped(track, dropped);
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
      onPackets: (packets, arrivalUs) => {
        if (plan.source.clock === "none" || plan.source.clock === "rtp") this.#measure(packets);
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

  #capture(plan: ProcessPlan, onPackets: OnPackets, restart: () => void): FfmpegCapture {
    const { machine, clock } = this.#options.surroundings;
    const { onFfmpegLine } = this.#options.events;
    const { ffmpeg, overrides } = this.#plan;
    const onDriverChange = (change: DriverChange) => this.#hear(change, plan.source.label);
    const explain = (failure: UserError, device: Device) => explainFailure(failure, device, machine);
    return new FfmpegCapture(ffmpeg?.path ?? "ffmpeg", plan, {
      ...{
        onPackets: this.#fallbacks.watch(plan, onPackets, restart),
        onFfmpegLine,
        onDriverChange,
        onDecodingRefused: (line: string) => this.#refused(plan, line),
        explain,
      },
      through: overrides.through,
      setUs: () => clock.setUs,
      isFollowed: this.#inputCount > 1,
      onDropped: (track, dropped) => this.#drop(plan.source.label, track, dropped),
      onAnnounced: (config) => {
        if (plan.video !== null) this.pipeline.expectAudio(config);
      },
      onTrackEnd: (track) => (plan.source.hasEnd ? this.#end([track]) : this.#miss([track])),
    });
  }

  /** Of frames that were to stay on the chip, the process ends, and its failure says more. */
  #refused({ video, source }: ProcessPlan, line: string): void {
    if (video?.decoding === "gpu") this.#fallbacks.refused(source.label, line);
  }

  /** Where nobody says how many pictures come, or it is not so, the metadata have what was measured. */
  #measure(packets: readonly Packet[]): void {
    for (const packet of packets) {
      const framerate = packet.kind === "video-frame" ? this.#measuredRate.saw(packet.decodeTimeUs) : null;
      if (framerate !== null) this.pipeline.correct({ framerate });
    }
  }

  /** What a driver made of what it was asked for is said once, and stands in the metadata. */
  #hear(change: DriverChange, label: string): void {
    const text = driverChangeLine(label, change);
    this.#options.events.onNotice(notice("format-changed", text, { input: label, change: change.kind }));
    if (change.kind === "rate") this.pipeline.correct({ framerate: change.toFps });
    if (change.kind === "fixed-rate") this.pipeline.correct({ framerate: undefined }); // and nobody says which it is
  }

  #lost(plan: ProcessPlan): void {
    this.#miss(tracksOf(plan));
    this.#options.events.onChange();
  }

  #over(plan: ProcessPlan): void {
    this.#end(tracksOf(plan));
    this.#options.events.onChange();
  }

  #miss(tracks: readonly TrackName[]): void {
    if (this.#isStopped) return;
    for (const track of tracks) this.pipeline.sourceLost(track);
  }

  #end(tracks: readonly TrackName[]): void {
    for (const track of tracks) this.#ended.add(track);
    this.#miss(tracks);
  }

  #back(plan: ProcessPlan): void {
    this.#measuredRate.breaks();
    for (const track of tracksOf(plan)) this.pipeline.sourceBegins(track);
    this.#options.events.onChange();
  }

  /** What is over is filled while something else goes on; what is all over is not. What is to be said is said. */
  #fill(): void {
    const { tracks } = this.#plan;
    const isOver = (["video", "audio"] as const).every((track) => !tracks[track] || this.#ended.has(track));
    if (!isOver) this.pipeline.tick(nowUs());
    for (const event of this.#news.due(performance.now())) this.#options.events.onNotice(event);
  }

  async #replan(ended: EndedRun): Promise<ProcessPlan> {
    const { planner, events } = this.#options;
    const before = this.#plan.encoder;
    const overrides = this.#fallbacks.learn(ended, before);
    const { process: next, plan } = await planner.replan(ended, this.#plan, overrides);
    if (this.#isStopped) return next;
    this.#plan = plan;
    const { encoder } = plan;
    if (encoder !== null && encoder.chosen.encoder !== before?.chosen.encoder) {
      const { name } = encoder.chosen.encoder;
      const { label } = next.source;
      const text = `${label} is encoded with ${name} from now on`;
      events.onNotice(notice("encoder-selected", text, { input: label, encoder: name }));
    }
    return next;
  }
}
