import { AccessUnitSplitter } from "../media/h264/access-unit.ts";
import { H264Track } from "../media/h264/track.ts";
import type { Packet } from "../media/packet.ts";
import { ArrivalClock } from "../timing/arrival-clock.ts";

/**
 * Raw H.264 as a camera program writes it to a pipe: Annex B bytes without any framing or time in, packets out.
 * A picture is complete when the next begins, one frame later; its time is the arrival of its first byte.
 */
export class AnnexBTrack {
  readonly #splitter = new AccessUnitSplitter();
  readonly #track = new H264Track();
  readonly #clock: ArrivalClock;
  /** Where each chunk that may still hold the start of a picture began, and when it came. */
  readonly #arrivals: { readonly offset: number; readonly timeUs: number }[] = [];
  #offset = 0;

  constructor(fps: number | null) {
    this.#clock = new ArrivalClock(fps);
  }

  get droppedFrames(): number {
    return this.#track.droppedFrames;
  }

  /** @throws CorruptInputError for bytes that are not H.264, or a picture without end. */
  push(chunk: Uint8Array, arrivalUs: number): Packet[] {
    this.#arrivals.push({ offset: this.#offset, timeUs: arrivalUs });
    this.#offset += chunk.length;
    return this.#packets(this.#splitter.push(chunk));
  }

  /** The last picture, which no other follows. */
  end(): Packet[] {
    return this.#packets(this.#splitter.end());
  }

  #packets(units: ReturnType<AccessUnitSplitter["push"]>): Packet[] {
    return units.flatMap((unit) =>
      this.#track.push(unit.data, this.#clock.timeUs(this.#arrivalOf(unit.offset))),
    );
  }

  #arrivalOf(offset: number): number {
    while ((this.#arrivals[1]?.offset ?? Number.POSITIVE_INFINITY) <= offset) this.#arrivals.shift();
    return this.#arrivals[0]?.timeUs ?? 0;
  }
}
