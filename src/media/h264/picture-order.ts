import { CorruptInputError } from "../corrupt-input.ts";

/** Pictures that are not shown in the order in which they are coded: B-frames, which cannot be timed without DTS. */
export class ReorderedPicturesError extends CorruptInputError {}

/** B-frames show within the first pictures. */
const LOOKED_AT = 64;
/** Later it takes so many among as many pictures: one time that goes back is damaged, or its clock was set. */
const STRAYS = 3;
/** No picture is shown before more than so many that are coded before it: max_num_reorder_frames (ITU-T H.264, E.2.1). */
const MAX_REORDER_FRAMES = 16;

/** Tells pictures that are coded in another order than they are shown in by their times. */
export class PictureOrder {
  #lastTimesUs: number[] = [];
  #pictures = 0;
  /** Which pictures went back last. */
  #strays: number[] = [];

  /** To be told of each picture. @throws ReorderedPicturesError for B-frames */
  check(timeUs: number): void {
    const lastUs = this.#lastTimesUs.at(-1) ?? timeUs;
    const isReordered = timeUs < lastUs && this.#lastTimesUs.some((earlierUs) => earlierUs < timeUs);
    const isFront = timeUs < lastUs && this.#pictures < LOOKED_AT;
    this.#pictures++;
    this.#lastTimesUs = [...this.#lastTimesUs.slice(1 - MAX_REORDER_FRAMES), timeUs];
    if (isReordered) this.#strays.push(this.#pictures);
    this.#strays = this.#strays.filter((picture) => this.#pictures - picture < LOOKED_AT);
    if (!isFront && this.#strays.length < STRAYS) return;
    throw new ReorderedPicturesError(
      `H.264: expected pictures in the order of their times, got ${timeUs} after ${lastUs} microseconds (B-frames)`,
    );
  }
}
