import type { ExitReason, UserError } from "../errors.ts";
import { nowUs } from "../ffmpeg/capture.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { ReadCoalescer } from "../ffmpeg/read-coalescer.ts";
import type { LogEvent } from "../log.ts";
import type { Packet, TrackName, Tracks } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { InputStatus } from "../stream.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { Cork } from "./cork.ts";
import { InputRate } from "./input-rate.ts";
import { LostTracks } from "./lost-tracks.ts";
import { MediaNews } from "./media-news.ts";
import type { Pipeline } from "./pipeline.ts";
import { holdsFrames, pipelineOf } from "./pipeline-of.ts";
import { formatChanged, neverReady } from "./session-events.ts";
import { SessionInputs, type SessionInputsOptions } from "./session-inputs.ts";
import { tracksOf } from "./supervisor/input.ts";

export interface SessionOptions extends Pick<SessionInputsOptions, "planner" | "plan" | "surroundings"> {
  readonly settings: Pick<ChannelSettings, "stallMs" | "exitOnDeviceError" | "flvForm">;
  /** The session that it takes the place of, whose viewers stay; absent for a stream that begins. */
  readonly takesOver?: Retired | null;
  readonly outputs: FanOut;
  readonly events: SessionEvents;
}

/** What is left of a session whose processes have ended: its tracks are filled until another one takes over. */
export interface Retired {
  readonly tracks: Tracks;
  readonly pipeline: Pipeline;
  readonly lostTracks: LostTracks;
}

export interface SessionEvents {
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (event: LogEvent) => void;
  readonly onPackets: (packets: readonly Packet[]) => void;
  readonly onDropped: (track: TrackName, dropped: DroppedUnits) => void;
  /** An input was lost, or is back. */
  readonly onChange: () => void;
}

/** One run of a plan into the outputs. */
export class Session {
  readonly pipeline: Pipeline;
  /** Resolves with the first input's end, rejects with any input's failure. */
  readonly ended: Promise<void>;
  readonly #events: SessionEvents;
  readonly #inputs: SessionInputs;
  readonly #news: MediaNews;
  readonly #lostTracks: LostTracks;
  readonly #cork: Cork;
  readonly #rate: InputRate;
  #isRetired = false;
  #hasTakenOver = false;

  constructor({ settings, takesOver, events, ...options }: SessionOptions) {
    const { plan, outputs } = options;
    this.#events = events;
    this.#news = new MediaNews({ isRaw: plan.readsStdin });
    this.pipeline = takesOver?.pipeline ?? pipelineOf(plan, outputs, settings.flvForm);
    this.#lostTracks =
      takesOver?.lostTracks ?? new LostTracks({ pipeline: this.pipeline, tracks: plan.tracks, nowUs });
    if (takesOver) {
      this.pipeline.correct(plan.rates);
      this.pipeline.interleave(holdsFrames(plan));
    }
    this.#cork = new Cork({ outputs, onPackets: (packets) => this.#came(packets) });
    const reads = new ReadCoalescer({ cork: () => this.#cork.cork(), uncork: () => this.#cork.uncork() });
    this.#rate = new InputRate(this.pipeline, plan.processes);
    for (const one of plan.processes) this.#news.see(one);
    this.#inputs = new SessionInputs({
      ...{ ...options, settings, reads, areSuccessors: takesOver != null },
      events: {
        ...{ onFfmpegLine: events.onFfmpegLine, onNotice: events.onNotice },
        onPackets: (packets, arrivalUs, from) => this.#push(packets, arrivalUs, from),
        onDropped: (input, track, dropped) => this.#drop(input, track, dropped),
        onAnnounced: (config, isEncoded) => this.pipeline.expectAudio(config, isEncoded),
        onTrackEnd: (track, { hasEnd }) => this.#lostTracks[hasEnd ? "end" : "miss"]([track]),
        onLost: (lost) => this.#lose("miss", lost),
        onOver: (over) => this.#lose("end", over),
        onBack: (back) => this.#back(back),
        onReplanned: (next) => this.pipeline.interleave(holdsFrames(next)),
        onDriverChange: (input, change) => {
          events.onNotice(formatChanged(input, change));
          this.#rate.hear(change);
        },
      },
    });
    this.ended = this.#inputs.ended;
    setImmediate(() => this.#tell()).unref(); // listeners need the session, which exists only after this constructor
  }

  get plan(): ChannelPlan {
    return this.#inputs.plan;
  }

  get lagMs(): number | null {
    return this.#inputs.lagMs;
  }

  /** Something has come of an input, in place of what another session sent. */
  get hasTakenOver(): boolean {
    return this.#hasTakenOver;
  }

  get inputs(): readonly InputStatus[] {
    return this.#inputs.statuses;
  }

  async stop(): Promise<void> {
    this.#lostTracks.stop();
    await this.#inputs.stop();
  }

  /**
   * Ends its processes for others to take their place; what they sent is filled meanwhile, and viewers stay.
   * Resolves when no process of it is left.
   */
  async retire(): Promise<Retired> {
    this.#isRetired = true;
    this.#lostTracks.retire();
    await this.#inputs.stop();
    return { tracks: this.plan.tracks, pipeline: this.pipeline, lostTracks: this.#lostTracks };
  }

  kill(): void {
    this.#inputs.kill();
  }

  restart(): void {
    this.#inputs.restart();
  }

  /** Why nothing could be watched, as far as what came tells. */
  neverReady(reason: ExitReason, circumstance: string): UserError {
    const { labels, droppedFrames } = this.#inputs;
    return neverReady(reason, circumstance, {
      ...{ labels, lastDamage: this.#news.lastDamage, missing: this.pipeline.missing ?? "video" },
      undecodableFrames: this.pipeline.videoConfig === null ? droppedFrames : 0,
    });
  }

  #push(packets: readonly Packet[], arrivalUs = nowUs(), from?: ProcessPlan): void {
    if (from !== undefined) this.#rate.see(from, packets);
    if (this.#isRetired) return; // too late: another one has its place
    this.pipeline.push(packets, arrivalUs);
    this.#cork.push(packets);
  }

  /** What came together is in the outputs. */
  #came(packets: readonly Packet[]): void {
    this.#news.hear(packets);
    this.#events.onPackets(packets);
    this.#lostTracks.watch();
    this.#tell();
  }

  #drop(input: string, track: TrackName, dropped: DroppedUnits): void {
    this.#news.drop(input, dropped);
    this.#events.onDropped(track, dropped);
    this.#tell();
  }

  #lose(how: "miss" | "end", plan: ProcessPlan): void {
    if (this.#isRetired) return;
    this.#lostTracks[how](tracksOf(plan));
    this.#events.onChange();
  }

  #back(plan: ProcessPlan): void {
    this.#rate.breaks();
    this.#hasTakenOver = true;
    this.#lostTracks.back(tracksOf(plan));
    this.#events.onChange();
  }

  /** What is to be said of the inputs' bytes is said. */
  #tell(): void {
    for (const event of this.#news.due(performance.now())) this.#events.onNotice(event);
  }
}
