import { type LogEvent, warning } from "../log.ts";
import { Demand } from "../outputs/demand.ts";
import { FanOut } from "../outputs/fan-out.ts";
import type { Hub } from "../outputs/live/hub.ts";
import { LiveOutput } from "../outputs/live/live-output.ts";
import type { Output } from "../outputs/output.ts";
import type { StreamRecordings } from "../recordings/segment.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { StreamStatus } from "../stream.ts";
import { Clips, type ClipsOptions } from "./clips.ts";
import { Pushes, type PushNetwork, pushNetwork } from "./pushes.ts";
import { type Recorders, recorders } from "./recorders.ts";
import { Recording } from "./recording.ts";

export interface ChannelOutputsOptions {
  /** Counts all who want the stream. */
  readonly demand: Demand;
  readonly ffmpeg: ClipsOptions["ffmpeg"];
  readonly onHub: (hub: Hub) => void;
  readonly onNotice: (event: LogEvent) => void;
  /** Counts the viewers of all channels of the process; absent where there is no other. */
  readonly allViewers?: Demand | undefined;
  /** What its pushes share with those of others; absent where there is no other. */
  readonly network?: PushNetwork | undefined;
  /** The same of its recording. */
  readonly recorders?: Recorders | undefined;
}

/** What changes without another start. */
export type ChannelLimits = Pick<
  ChannelSettings,
  "viewers" | "onDemand" | "push" | "record" | "history" | "video"
>;

/** All that gets a channel's packets: its viewers, the servers that it is pushed to, its recording and its clips. */
export class ChannelOutputs {
  readonly all: FanOut;
  readonly live: LiveOutput;
  readonly clips: Clips;
  readonly #pushes: Pushes;
  readonly #recording: Recording;

  constructor({ name, viewers, history, record }: ChannelSettings, options: ChannelOutputsOptions) {
    const { demand, ffmpeg, onHub, onNotice, allViewers } = options;
    const { network = pushNetwork(), recorders: shared = recorders() } = options;
    const watching = new Demand(demand);
    this.clips = new Clips(history, { name, recorders: shared, onNotice, ffmpeg });
    this.live = new LiveOutput({
      ...{ name, limits: viewers, schedule, demand: watching, history: this.clips.history, onHub },
      ...(allViewers && { allViewers }),
      onViewer: (change, { address }) => onNotice(viewerEvent(change, name, address, this.viewerCount)),
    });
    this.all = new FanOut({
      ...{ live: this.live, demand },
      onFailed: (output, error) => {
        onNotice(outputFailed(output, error));
        this.#recording.failed(output, error);
      },
    });
    const wanted = { name, outputs: this.all, watching, demand, onNotice };
    this.#pushes = new Pushes({ ...wanted, network });
    this.#recording = new Recording(record, { ...wanted, recorders: shared });
  }

  get viewerCount(): number {
    return this.live.hub?.viewerCount ?? 0;
  }

  get viewersSoFar(): number {
    return this.viewerCount + (this.live.hub?.totals.departures ?? 0);
  }

  get recordings(): StreamRecordings | null {
    return this.#recording.catalog;
  }

  get statuses(): Pick<StreamStatus, "pushes" | "recording"> {
    return { pushes: this.#pushes.statuses, recording: this.#recording.status };
  }

  start(settings: ChannelLimits): void {
    this.#pushes.set(settings);
    this.#recording.start();
  }

  set(settings: ChannelLimits): void {
    this.clips.set(settings.history);
    this.live.setLimits(settings.viewers);
    this.#pushes.set(settings);
    this.#recording.set(settings.record);
  }

  async end(): Promise<void> {
    this.#recording.close();
    await this.all.end();
    await this.clips.close();
  }
}

function outputFailed({ name: output }: Output, error: unknown): LogEvent {
  return warning("output-failed", `output "${output}" failed and was closed: ${String(error)}`, { output });
}

function schedule(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

function viewerEvent(change: "joined" | "left", name: string, address: string, viewers: number): LogEvent {
  const text = `viewer ${change} "${name}": ${address} (${viewers === 1 ? "1 viewer" : `${viewers} viewers`} now)`;
  return { level: "debug", event: `viewer-${change}`, text, fields: { name, address, viewers } };
}
