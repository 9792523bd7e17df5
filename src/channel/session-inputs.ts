import { release } from "../devices/source.ts";
import { type Capture, FfmpegCapture, type OnPackets } from "../ffmpeg/capture.ts";
import type { DriverChange } from "../ffmpeg/driver-change.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import type { ReadCoalescer } from "../ffmpeg/read-coalescer.ts";
import { StdinCapture } from "../ffmpeg/stdin-capture.ts";
import { explainFailure } from "../inputs/device-failure.ts";
import { FlvCapture } from "../inputs/flv-capture.ts";
import type { LogEvent } from "../log.ts";
import type { AudioConfig, Packet, TrackName } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { InputStatus } from "../stream.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { restartAtClockSteps } from "./clock-steps.ts";
import { FallbackTracker } from "./fallback-tracker.ts";
import type { Planner } from "./plan.ts";
import { encoderSelected } from "./session-events.ts";
import { type EndedRun, SupervisedInput } from "./supervisor/input.ts";
import { supervisionLimits } from "./supervisor/limits.ts";
import type { Surroundings } from "./surroundings.ts";

export interface SessionInputsOptions {
  readonly settings: Pick<ChannelSettings, "stallMs" | "exitOnDeviceError">;
  readonly planner: Pick<Planner, "replan">;
  readonly plan: ChannelPlan;
  readonly surroundings: Surroundings;
  readonly outputs: Pick<FanOut, "isReady">;
  readonly reads: ReadCoalescer;
  /** They take the place of others: what they bring is a return, too. */
  readonly areSuccessors: boolean;
  readonly events: InputEvents;
}

export interface InputEvents {
  /** `plan`: of the input; missing for stdin. */
  readonly onPackets: (packets: readonly Packet[], arrivalUs?: number, plan?: ProcessPlan) => void;
  readonly onDropped: (input: string, track: TrackName, dropped: DroppedUnits) => void;
  readonly onAnnounced: (config: AudioConfig, isEncoded: boolean) => void;
  readonly onTrackEnd: (track: TrackName, { hasEnd }: ProcessPlan["source"]) => void;
  /** Nothing comes of it, until `onBack`. */
  readonly onLost: (plan: ProcessPlan) => void;
  readonly onBack: (plan: ProcessPlan) => void;
  /** An input has ended beside which the stream goes on. */
  readonly onOver: (plan: ProcessPlan) => void;
  readonly onReplanned: (plan: ChannelPlan) => void;
  readonly onDriverChange: (input: string, change: DriverChange) => void;
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (event: LogEvent) => void;
}

/** What a plan captures, each input kept alive once there is something to watch. */
export class SessionInputs {
  /** Resolves with the first input's end, rejects with any input's failure. */
  readonly ended: Promise<void>;
  readonly #options: SessionInputsOptions;
  readonly #supervised: readonly SupervisedInput[];
  readonly #fromStdin: readonly StdinCapture[];
  readonly #fallbacks: FallbackTracker;
  readonly #forgetClock: () => void;
  #plan: ChannelPlan;
  #isStopped = false;

  constructor(options: SessionInputsOptions) {
    const { plan, surroundings, events } = options;
    this.#options = options;
    this.#plan = plan;
    this.#fallbacks = new FallbackTracker(plan.overrides, surroundings.encoders, events.onNotice);
    this.#fromStdin = plan.readsStdin ? [this.#captureStdin()] : [];
    this.#supervised = plan.processes.map((one) => this.#supervise(one));
    for (const input of this.#supervised.slice(plan.readsStdin ? 0 : 1)) {
      input.ended.then(
        () => events.onOver(input.plan),
        () => undefined, // its failure is the session's
      );
    }
    const [first, ...others] = this.#all.map((input) => input.ended);
    this.#forgetClock = restartAtClockSteps(this.#supervised, surroundings.clock, events.onNotice);
    this.ended = Promise.race([first, Promise.all(others).then(() => first)]);
  }

  /** As it is by now: an encoder may have been left out, and a device be at another node. */
  get plan(): ChannelPlan {
    return this.#plan;
  }

  /** How far what is encoded is behind; null while the encoder keeps up. */
  get lagMs(): number | null {
    return this.#fallbacks.lagMs;
  }

  get statuses(): readonly InputStatus[] {
    return this.#supervised.map((input) => input.status);
  }

  get labels(): readonly string[] {
    return this.#all.map(({ label }) => label);
  }

  get droppedFrames(): number {
    return this.#all.reduce((sum, { droppedFrames }) => sum + droppedFrames, 0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#forgetClock();
    await Promise.allSettled(this.#all.map((input) => input.stop()));
    for (const { source } of [...this.#options.plan.processes, ...this.#plan.processes]) release(source);
  }

  kill(): void {
    for (const input of this.#all) input.kill();
  }

  restart(): void {
    for (const input of this.#supervised) input.restart();
  }

  get #all() {
    return [...this.#fromStdin, ...this.#supervised];
  }

  #captureStdin(): StdinCapture {
    const { plan, surroundings, reads, events } = this.#options;
    return new StdinCapture(surroundings.stdin, plan.rates.framerate ?? null, {
      onPackets: this.#fallbacks.watchCopied("stdin", "the encoder", (packets) =>
        reads.lead(() => events.onPackets(packets)),
      ),
      onDropped: (track, dropped) => events.onDropped("stdin", track, dropped),
    });
  }

  #supervise(plan: ProcessPlan): SupervisedInput {
    const { settings, outputs, surroundings, events, areSuccessors } = this.#options;
    const { onNotice, onLost, onBack } = events;
    const input = new SupervisedInput({
      ...{ plan, onNotice, onLost, onBack, watch: surroundings.watch, isSuccessor: areSuccessors },
      ...supervisionLimits(settings.stallMs),
      startCapture: (next, onPackets) => this.#capture(next, onPackets, () => input.restart()),
      replan: (ended) => this.#replan(ended),
      survives: () => outputs.isReady && !settings.exitOnDeviceError && !plan.source.hasEnd,
      onPackets: (packets, arrivalUs) => events.onPackets(packets, arrivalUs, plan),
    });
    return input;
  }

  /** Reads one input: by a process of ffmpeg, or, where it sends FLV messages, without one. */
  #capture(plan: ProcessPlan, onPackets: OnPackets, restart: () => void): Capture {
    const { reads, events, surroundings } = this.#options;
    const { source, video, audio } = plan;
    const { label } = source;
    const { processes, readsStdin } = this.#options.plan;
    const options = {
      ...{ reads, isFollowed: processes.length + (readsStdin ? 1 : 0) > 1 },
      onPackets: this.#fallbacks.watch(plan, onPackets, restart),
      onDropped: (track: TrackName, dropped: DroppedUnits) => events.onDropped(label, track, dropped),
      onAnnounced: (config: AudioConfig) => {
        if (video !== null) events.onAnnounced(config, audio !== null && audio.encoder !== null);
      },
    };
    if (source.messages !== undefined) return new FlvCapture(plan, source.messages, options);
    const { ffmpeg, overrides } = this.#plan;
    return new FfmpegCapture(ffmpeg?.path ?? "ffmpeg", plan, {
      ...{ ...options, through: overrides.through, onFfmpegLine: events.onFfmpegLine },
      explain: (failure, device) => explainFailure(failure, device, surroundings.machine),
      setUs: () => surroundings.clock.setUs,
      onTrackEnd: (track) => events.onTrackEnd(track, source),
      onDriverChange: (change) => events.onDriverChange(label, change),
      onDecodingRefused: (line) => {
        if (video?.decoding === "gpu") this.#fallbacks.refused(label, line);
      },
    });
  }

  async #replan(ended: EndedRun): Promise<ProcessPlan> {
    const { planner, events } = this.#options;
    const before = this.#plan.encoder;
    const overrides = this.#fallbacks.learn(ended, before);
    const { process: next, plan } = await planner.replan(ended, this.#plan, overrides);
    if (this.#isStopped) {
      release(next.source); // too late
      return next;
    }
    this.#plan = { ...plan, processes: this.#plan.processes.map((one) => (one === ended.plan ? next : one)) };
    events.onReplanned(this.#plan);
    const { encoder } = plan;
    if (encoder !== null && encoder.chosen.encoder !== before?.chosen.encoder)
      events.onNotice(encoderSelected(next.source.label, encoder.chosen.encoder.name));
    return next;
  }
}
