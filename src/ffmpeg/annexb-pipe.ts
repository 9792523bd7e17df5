import { videoCodecs } from "../media/codecs.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { H264Track } from "../media/h264/track.ts";
import { HevcTrack } from "../media/hevc/track.ts";
import { type AccessUnit, AccessUnitSplitter } from "../media/nal/access-unit.ts";
import type { Packet } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import { ArrivalClock } from "../timing/arrival-clock.ts";
import { DropLimit, MAX_DROPPING_US } from "./drop-limit.ts";

/** No picture takes both so many bytes and so long. */
const MAX_UNFINISHED_BYTES = 1024 * 1024;

const open = {
  h264: () => new H264Track(undefined, { isTimedByArrival: true }),
  hevc: () => new HevcTrack(undefined, { isTimedByArrival: true }),
};

/**
 * Raw H.264 or H.265 as a camera program writes it to a pipe: Annex B bytes without any framing or time in, packets out.
 * A picture is complete when the next begins, one frame later; its time is the arrival of its first byte.
 */
export class AnnexBTrack {
  readonly #splitter = new AccessUnitSplitter();
  #track: H264Track | HevcTrack | null = null;
  readonly #clock: ArrivalClock;
  readonly #limit = new DropLimit();
  /** Where each chunk that may still hold the start of a picture began, and when it came. */
  readonly #arrivals: { readonly offset: number; readonly timeUs: number }[] = [];
  #offset = 0;

  constructor(fps: number | null) {
    this.#clock = new ArrivalClock(fps);
  }

  get droppedFrames(): number {
    return this.#track?.droppedFrames ?? 0;
  }

  /** Units that could not be used, since this was last asked. */
  takeDrops(): DroppedUnits | null {
    return this.#track?.drops.take() ?? null;
  }

  /** @throws CorruptInputError for bytes that do not begin as one of the two, or are of no use for too long. */
  push(chunk: Uint8Array, arrivalUs: number): Packet[] {
    this.#arrivals.push({ offset: this.#offset, timeUs: arrivalUs });
    this.#offset += chunk.length;
    const packets = this.#packets(this.#splitter.push(chunk));
    if (this.#track !== null) this.#limit.check(this.#track.drops, arrivalUs);
    this.#checkUnfinished(arrivalUs);
    return packets;
  }

  /** The last picture, which no other follows. */
  end(): Packet[] {
    return this.#packets(this.#splitter.end());
  }

  #packets(units: readonly AccessUnit[]): Packet[] {
    const { codec } = this.#splitter;
    if (codec === null) return [];
    const track = (this.#track ??= open[codec]());
    return units.flatMap(({ data, offset, endOffset }) => {
      const timeUs = this.#clock.timeUs(this.#arrivalOf(offset));
      if (data !== null) return track.push(data, timeUs);
      track.lose(timeUs, `${this.#name} byte stream: an access unit of ${endOffset - offset} bytes`);
      return [];
    });
  }

  get #name(): string {
    return videoCodecs[this.#splitter.codec ?? "h264"].name;
  }

  #checkUnfinished(arrivalUs: number): void {
    const bytes = this.#offset - this.#splitter.unfinishedOffset;
    const forUs = arrivalUs - this.#arrivalOf(this.#splitter.unfinishedOffset);
    if (bytes < MAX_UNFINISHED_BYTES || forUs < MAX_DROPPING_US) return;
    throw new CorruptInputError(
      `${this.#name} byte stream: expected the next frame within ${MAX_DROPPING_US / 1e6} s, got ${bytes} bytes without one`,
    );
  }

  #arrivalOf(offset: number): number {
    while ((this.#arrivals[1]?.offset ?? Number.POSITIVE_INFINITY) <= offset) this.#arrivals.shift();
    return this.#arrivals[0]?.timeUs ?? 0;
  }
}
