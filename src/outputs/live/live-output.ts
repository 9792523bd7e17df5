import { encodeHeader } from "../../media/flv/header.ts";
import type { Rates } from "../../media/flv/metadata.ts";
import { FlvPackager } from "../flv-packager.ts";
import type { Output, StreamInfo, TimedPacket } from "../output.ts";
import { Hub, type HubOptions } from "./hub.ts";
import type { HubLimits } from "./limits.ts";

export interface LiveOutputOptions extends Pick<HubOptions, "limits" | "schedule" | "onViewer"> {
  /** The stream's. */
  readonly name: string;
  /** Viewers may come to this hub from now on, and no longer to the one before. */
  readonly onHub: (hub: Hub) => void;
}

/** The live stream: packets become FLV tags once, for all who watch. */
export class LiveOutput implements Output {
  readonly name = "live";
  readonly #options: LiveOutputOptions;
  #limits: LiveOutputOptions["limits"];
  #packager: FlvPackager | null = null;
  #hub: Hub | null = null;

  constructor(options: LiveOutputOptions) {
    this.#options = options;
    this.#limits = options.limits;
  }

  /** From now on these hold, also for those who watch already. */
  setLimits(limits: Partial<HubLimits>): void {
    this.#limits = limits;
    this.#hub?.setLimits(limits);
  }

  /** null before the stream begins. */
  get hub(): Hub | null {
    return this.#hub;
  }

  begin(stream: StreamInfo): void {
    const { onHub, ...options } = this.#options;
    const { tracks } = stream;
    this.#packager = new FlvPackager(stream);
    this.#hub?.end(); // of other tracks
    this.#hub = new Hub({
      ...options,
      limits: this.#limits ?? {},
      header: encodeHeader(tracks),
      hasVideo: tracks.video,
    });
    onHub(this.#hub);
  }

  correct(rates: Rates): void {
    for (const tag of this.#packager?.correct(rates) ?? []) this.#hub?.publish(tag); // goes with the next frame
  }

  ready(): void {
    // the hub sees for itself
  }

  write(packets: readonly TimedPacket[]): void {
    const [packager, hub] = [this.#packager, this.#hub];
    if (packager === null || hub === null) throw new Error("a packet before the stream begins");
    for (const packet of packets) for (const tag of packager.push(packet)) hub.publish(tag);
    hub.flush();
  }

  startEpoch(): void {
    this.#hub?.startEpoch();
  }

  end(): void {
    this.#hub?.end();
  }
}
