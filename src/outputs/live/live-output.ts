import { encodeHeader } from "../../media/flv/header.ts";
import type { Rates } from "../../media/flv/metadata.ts";
import type { Tracks } from "../../media/packet.ts";
import { Demand } from "../demand.ts";
import { FlvPackager } from "../flv-packager.ts";
import type { History } from "../history/history.ts";
import type { Output, StreamInfo, TimedPacket } from "../output.ts";
import { Hub, type HubOptions } from "./hub.ts";
import { KeyWaiters } from "./key-waiters.ts";
import type { HubLimits } from "./limits.ts";

export interface LiveOutputOptions
  extends Pick<HubOptions, "limits" | "schedule" | "onViewer" | "allViewers"> {
  readonly name: string;
  /** Viewers may come to this hub from now on, and no longer to the one before. */
  readonly onHub: (hub: Hub) => void;
  /** Has all counted who watch, or wait to. */
  readonly demand?: Demand;
  readonly history?: History;
}

/** The live stream: packets become FLV tags once, for all who watch. */
export class LiveOutput implements Output {
  readonly name = "live";
  /** Those who wait for a key frame, whichever hub will have it. */
  readonly keyWaiters: KeyWaiters;
  readonly #options: LiveOutputOptions & { readonly demand: Demand };
  #limits: LiveOutputOptions["limits"];
  #packager: FlvPackager | null = null;
  #hub: Hub | null = null;
  #tracks: Tracks | null = null;

  constructor(options: LiveOutputOptions) {
    const { demand = new Demand() } = options;
    this.#options = { ...options, demand };
    this.#limits = options.limits;
    this.keyWaiters = new KeyWaiters(demand);
  }

  /** From now on these hold, also for those who watch already. */
  setLimits(limits: Partial<HubLimits>): void {
    this.#limits = limits;
    this.#hub?.setLimits(limits);
  }

  get hub(): Hub | null {
    return this.#hub;
  }

  /** A stream of the same tracks goes on in the same hub, which counts on. */
  begin(stream: StreamInfo): void {
    const { onHub, history, ...options } = this.#options;
    const { tracks } = stream;
    history?.begin(stream);
    const { keyWaiters } = this;
    this.#packager = new FlvPackager(stream);
    const isSame = this.#tracks?.video === tracks.video && this.#tracks.audio === tracks.audio;
    this.#tracks = tracks;
    if (this.#hub !== null && isSame) return this.#hub.startEpoch();
    this.#hub?.end(); // of other tracks
    this.#hub = new Hub({
      ...{ ...options, keyWaiters, limits: this.#limits ?? {} },
      ...{ header: encodeHeader(tracks), hasVideo: tracks.video },
    });
    onHub(this.#hub);
  }

  correct(rates: Rates): void {
    this.#options.history?.correct(rates);
    for (const tag of this.#packager?.correct(rates) ?? []) this.#hub?.publish(tag); // goes with the next frame
  }

  ready(): void {
    // the hub sees for itself
  }

  write(packets: readonly TimedPacket[]): void {
    const [packager, hub] = [this.#packager, this.#hub];
    if (packager === null || hub === null) throw new Error("a packet before the stream begins");
    for (const packet of packets) {
      const tags = packager.push(packet);
      for (const tag of tags) hub.publish(tag);
      this.#options.history?.add(packet, tags);
    }
    hub.flush();
  }

  startEpoch(): void {
    this.#options.history?.startEpoch();
    this.#hub?.startEpoch();
  }

  end(): void {
    this.#hub?.end();
    this.keyWaiters.wake();
  }
}
