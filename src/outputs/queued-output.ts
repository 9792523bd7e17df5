import type { Output, TimedPacket } from "./output.ts";
import { Subscriber } from "./subscriber.ts";

/** Media that may wait for an output before it is skipped to the next key frame, unless it says another. */
const MAX_LAG_MS = 10_000;

type Call = () => void | Promise<void>;

interface Queued {
  readonly call: Call;
  /** Packets, which may be left out; null for what an output has to hear in any case. */
  readonly mediaMs: number | null;
}

/**
 * An output behind a queue, so that nobody waits for it. What waits is bounded in media time: beyond that it is left out, up
 * to the next key frame. What the output throws ends it.
 */
export class QueuedOutput extends Subscriber<readonly TimedPacket[]> {
  readonly output: Output;
  readonly #maxLagMs: number;
  readonly #onFailed: (error: unknown) => void;
  #queue: Queued[] = [];
  #mediaMs = 0;
  #isRunning = false;
  #work: Promise<void> | null = null;
  #isOver = false;

  constructor(output: Output, onFailed: (error: unknown) => void, maxLagMs = MAX_LAG_MS) {
    super();
    this.output = output;
    this.#onFailed = onFailed;
    this.#maxLagMs = maxLagMs;
  }

  get lagMs(): number {
    const oldest = this.#queue.find(({ mediaMs }) => mediaMs !== null)?.mediaMs;
    return oldest == null ? 0 : this.lagOf(this.#mediaMs - oldest, this.#mediaMs);
  }

  /** What came together; `mediaMs` is the stream's time, which goes on over epochs. */
  take(
    packets: readonly TimedPacket[],
    opening: (() => readonly TimedPacket[]) | null,
    mediaMs: number,
  ): void {
    this.#mediaMs = mediaMs;
    this.offer(packets, opening, mediaMs);
    if (this.lagMs <= this.#maxLagMs) return;
    this.#queue = this.#queue.filter((queued) => queued.mediaMs === null);
    this.skip();
  }

  join(opening: readonly TimedPacket[], mediaMs: number): void {
    this.#mediaMs = mediaMs;
    this.begin(opening, mediaMs);
  }

  /** Something that it has to hear, behind what waits. */
  tell(call: Call): void {
    this.#add({ call, mediaMs: null });
  }

  /** Resolves when it has heard of everything that waits, or has failed. */
  async drained(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  protected get isDrained(): boolean {
    return this.#queue.every(({ mediaMs }) => mediaMs === null);
  }

  protected write(packets: readonly TimedPacket[]): void {
    this.#add({ call: () => this.output.write(packets), mediaMs: this.#mediaMs });
  }

  #add(queued: Queued): void {
    if (this.#isOver) return;
    this.#queue.push(queued);
    if (this.#isRunning) return;
    const work = this.#run();
    this.#work = this.#isRunning ? work : null;
  }

  /** Waits only for what says so: else an output has heard of everything before this returns. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
        const written = next.call();
        if (written !== undefined) await written;
        // A skip may have emptied the queue meanwhile.
        if (this.#queue[0] === next) this.#queue.shift();
      }
    } catch (error) {
      this.#isOver = true;
      this.#queue = [];
      this.#onFailed(error);
    } finally {
      this.#isRunning = false;
      this.#work = null;
    }
  }
}
