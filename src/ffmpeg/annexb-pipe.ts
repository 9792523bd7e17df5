import { CorruptInputError } from "../media/corrupt-input.ts";
import { type AccessUnit, AccessUnitSplitter } from "../media/h264/access-unit.ts";
import { H264Track } from "../media/h264/track.ts";
import type { Packet } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import { ArrivalClock } from "../timing/arrival-clock.ts";
import { DropLimit, MAX_DROPPING_US } from "./drop-limit.ts";

/** No picture takes both so many bytes and so long. */
const MAX_UNFINISHED_BYTES = 1024 * 1024;

/**
 * Raw H.264 as a camera program writes it to a pipe: Annex B bytes without any framing or time in, packets out.
 * A picture is complete when the next begins, one frame later; its time is the arrival of its first byte.
 */
export class AnnexBTrack {
  readonly #splitter = new AccessUnitSplitter();
  readonly #track = new H264Track(undefined, { isTimedByArrival: true });
  readonly #clock: ArrivalClock;
  readonly #limit = new DropLimit();
  /** Where each chunk that may still hold the start of a picture began, and when it came. */
  readonly #arrivals: { readonly offset: number; readonly timeUs: number }[] = [];
  #offset = 0;

  constructor(fps: number | null) {
    this.#clock = new ArrivalClock(fps);
  }

  get droppedFrames(): number {
    return this.#track.droppedFrames;
  }

  /** Units that could not be used, since this was last asked. */
  takeDrops(): DroppedUnits | null {
    return this.#track.drops.take();
  }

  /** @throws CorruptInputError for bytes that do not begin as H.264, or are of no use for too long. */
  push(chunk: Uint8Array, arrivalUs: number): Packet[] {
    this.#arrivals.push({ offset: this.#offset, timeUs: arrivalUs });
    this.#offset += chunk.length;
    const packets = this.#packets(this.#splitter.push(chunk));
    this.#limit.check(this.#track.drops, arrivalUs);
    this.#checkUnfinished(arrivalUs);
    return packets;
  }

  /** The last picture, which no other follows. */
  end(): Packet[] {
    return this.#packets(this.#splitter.end());
  }

  #packets(units: readonly AccessUnit[]): Packet[] {
    return units.flatMap(({ data, offset, endOffset }) => {
      const timeUs = this.#clock.timeUs(this.#arrivalOf(offset));
      if (data !== null) return this.#track.push(data, timeUs);
      this.#track.lose(timeUs, `H.264 byte stream: an access unit of ${endOffset - offset} bytes`);
      return [];
    });
  }

  #checkUnfinished(arrivalUs: number): void {
    const bytes = this.#offset - this.#splitter.unfinishedOffset;
    const forUs = arrivalUs - this.#arrivalOf(this.#splitter.unfinishedOffset);
    if (bytes < MAX_UNFINISHED_BYTES || forUs < MAX_DROPPING_US) return;
    throw new CorruptInputError(
      `H.264 byte stream: expected the next frame within ${MAX_DROPPING_US / 1e6} s, got ${bytes} bytes without one`,
    );
  }

  #arrivalOf(offset: number): number {
    while ((this.#arrivals[1]?.offset ?? Number.POSITIVE_INFINITY) <= offset) this.#arrivals.shift();
    return this.#arrivals[0]?.timeUs ?? 0;
  }
}
