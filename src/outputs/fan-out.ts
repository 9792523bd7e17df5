import type { Rates } from "../media/flv/metadata.ts";
import { frameBytes, isFrame } from "../media/packet.ts";
import { Demand } from "./demand.ts";
import { GopCache } from "./gop-cache.ts";
import { corrected, entryRoleOf, type Output, roleOf, type StreamInfo, type TimedPacket } from "./output.ts";
import { QueuedOutput } from "./queued-output.ts";

export interface FanOutOptions {
  /** The output that the stream is there for: its failures are the stream's. */
  readonly live: Output;
  readonly onFailed: (output: Output, error: unknown) => void;
  readonly demand?: Demand;
}

export interface AddOptions {
  /** Media that may wait for it. */
  readonly maxLagMs?: number;
  /** Whether it is there to have the stream run; else it takes its part of the demand itself, or none. */
  readonly isCounted?: boolean;
}

interface Other {
  readonly queued: QueuedOutput;
  readonly release: () => void;
}

const END_GRACE_MS = 3000;

/** Hands a channel's packets to its outputs: to the live one at once, to each other one through a queue of its own. */
export class FanOut {
  readonly #options: FanOutOptions;
  readonly #demand: Demand;
  readonly #others = new Map<Output, Other>();
  #stream: StreamInfo | null = null;
  #cache: GopCache<TimedPacket> | null = null;
  #pending: TimedPacket[] = [];
  #isCorked = false;
  #isReady = false;
  #startsEpoch = false;
  /** Newest timestamp, on a clock that goes on over epochs. */
  #mediaMs = 0;
  #epochMs = 0;

  constructor(options: FanOutOptions) {
    this.#options = options;
    this.#demand = options.demand ?? new Demand();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** From now on this one gets everything, too, beginning with the settings and the current GOP. */
  add(output: Output, { maxLagMs, isCounted = true }: AddOptions = {}): void {
    const queued = new QueuedOutput(
      output,
      (error) => {
        this.#forget(output);
        this.#options.onFailed(output, error);
      },
      maxLagMs,
    );
    this.#others.set(output, { queued, release: isCounted ? this.#demand.take() : () => undefined });
    const stream = this.#stream;
    if (stream === null) return;
    queued.tell(() => output.begin(stream));
    const opening = this.#cache?.opening() ?? null;
    if (opening !== null) queued.join(opening, this.#mediaMs);
    if (this.#isReady) queued.tell(() => output.ready());
  }

  async remove(output: Output): Promise<void> {
    const other = this.#forget(output);
    if (other !== undefined) await ended([other.queued]);
  }

  /** How far behind it is, and how often it was taken on to a later key frame; null where it is none of them. */
  lagOf(output: Output): { readonly lagMs: number; readonly skips: number } | null {
    const queued = this.#others.get(output)?.queued;
    return queued === undefined ? null : { lagMs: queued.lagMs, skips: queued.skips };
  }

  #forget(output: Output): Other | undefined {
    const other = this.#others.get(output);
    this.#others.delete(output);
    other?.release();
    return other;
  }

  begin(stream: StreamInfo): void {
    this.#stream = stream;
    this.#cache = new GopCache(timedPackets, stream.tracks.video);
    this.#pending = [];
    this.#isReady = false;
    this.#tell((output) => output.begin(stream));
  }

  correct(rates: Rates): void {
    this.#stream = corrected(this.#stream, rates);
    this.#tell((output) => output.correct(rates));
  }

  push(packet: TimedPacket): void {
    this.#pending.push(packet);
  }

  /** What `flush` lets out is held back until `uncork`: it came together. */
  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#flush();
  }

  /** All that came together has been pushed. */
  flush(): void {
    if (!this.#isCorked) this.#flush();
  }

  #flush(): void {
    const packets = this.#pending;
    const { tracks } = this.#stream ?? {};
    if (packets.length === 0 || tracks === undefined) return;
    this.#pending = [];
    const settings = this.#startsEpoch ? this.#settingsBefore(packets) : [];
    this.#startsEpoch = false;
    for (const packet of packets) {
      this.#cache?.add(packet);
      this.#mediaMs = Math.max(this.#mediaMs, this.#epochMs + packet.timestampMs);
    }
    const isEntry = packets.some(({ packet }) => roleOf(packet) === entryRoleOf(tracks));
    void this.#options.live.write(packets); // it waits for nothing
    const opening = isEntry ? (this.#cache?.opening() ?? null) : null;
    for (const { queued } of this.#others.values())
      queued.take([...settings, ...packets], opening === null ? null : () => opening, this.#mediaMs);
    if (!isEntry || this.#isReady) return;
    this.#isReady = true;
    this.#tell((output) => output.ready());
  }

  startEpoch(): void {
    this.#flush();
    this.#epochMs = this.#mediaMs;
    this.#cache?.restart();
    this.#startsEpoch = true;
    this.#tell((output) => output.startEpoch());
  }

  /** Nothing comes until the next `begin`: viewers' streams end, and none is let in. */
  pause(): void {
    if (this.#stream === null) return;
    this.startEpoch();
    this.#stream = null;
    this.#isReady = false;
  }

  /** Ends every output; resolves when they have ended, or had their time. */
  async end(): Promise<void> {
    this.#flush();
    const others = [...this.#others.keys()].flatMap((output) => this.#forget(output)?.queued ?? []);
    await Promise.all([this.#options.live.end(), ended(others)]);
  }

  /** A new epoch begins with its settings, which the packets bring only where they have changed. */
  #settingsBefore(packets: readonly TimedPacket[]): readonly TimedPacket[] {
    const brought = packets.map(({ packet }) => packet.kind);
    return this.#cache?.settingsAt(0).filter(({ packet }) => !brought.includes(packet.kind)) ?? [];
  }

  #tell(what: (output: Output) => void | Promise<void>): void {
    void what(this.#options.live); // it waits for nothing
    for (const [output, { queued }] of this.#others) queued.tell(() => what(output));
  }
}

const timedPackets = {
  role: ({ packet }: TimedPacket) => roleOf(packet),
  timestampMs: ({ timestampMs }: TimedPacket) => timestampMs,
  byteLength: ({ packet }: TimedPacket) =>
    isFrame(packet) ? frameBytes(packet) : packet.decoderConfig.length,
  restamp: (timed: TimedPacket, timestampMs: number) => ({ ...timed, timestampMs }),
};

async function ended(outputs: readonly QueuedOutput[]): Promise<void> {
  if (outputs.length === 0) return;
  const all = outputs.map(async (queued) => {
    queued.tell(() => queued.output.end());
    await queued.drained();
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_GRACE_MS)));
  await Promise.race([Promise.all(all), late]);
  clearTimeout(timer);
}
