/** Where nothing tells of reordering, it shows within the first frames, and one of them is enough. */
const LOOKED_AT = 64;
/** Later it takes so many among as many frames: one time that goes back is damaged, or its clock was set. */
const STRAYS = 3;
/** No frame is shown before more than so many that are coded before it: max_num_reorder_frames (ITU-T H.264, E.2.1). */
const MAX_REORDER_FRAMES = 16;

/** By how many frames a stream reorders its frames, measured from their presentation times in coding order. */
export class CodingOrder {
  #depth: number;
  readonly #lastTimesUs: number[] = [];
  #frames = 0;
  #isTold = false;
  /** The frames that were coded later than the depth allows, and how many of those before are shown after them. */
  #strays: { readonly frame: number; readonly depth: number }[] = [];

  constructor(depth: number) {
    this.#depth = Math.min(depth, MAX_REORDER_FRAMES);
  }

  /** How many frames are coded before one that is shown before them, at the most. */
  get depth(): number {
    return this.#depth;
  }

  /** The stream says that it reorders by so many. */
  expect(depth: number): void {
    this.#isTold = true;
    this.#deepen(depth);
  }

  #deepen(depth: number): void {
    this.#depth = Math.min(Math.max(depth, this.#depth), MAX_REORDER_FRAMES);
  }

  /** To be told of each frame; true where the depth turns out to be greater. */
  see(timeUs: number): boolean {
    this.#frames++;
    const later = this.#shownAfter(timeUs);
    if (later > this.#depth) this.#strays.push({ frame: this.#frames, depth: later });
    if (this.#lastTimesUs.push(timeUs) > MAX_REORDER_FRAMES) this.#lastTimesUs.shift();
    while (this.#frames - (this.#strays[0]?.frame ?? this.#frames) >= LOOKED_AT) this.#strays.shift();
    const isEarly = !this.#isTold && this.#frames <= LOOKED_AT;
    if (this.#strays.length < (isEarly ? 1 : STRAYS)) return false;
    this.#deepen(Math.max(...this.#strays.map((stray) => stray.depth)));
    this.#strays = [];
    return true;
  }

  /** How many of the last frames are shown after this one, where it is coded later than it is shown. */
  #shownAfter(timeUs: number): number {
    const timesUs = this.#lastTimesUs;
    if (timeUs >= (timesUs.at(-1) ?? timeUs)) return 0;
    let later = 0;
    let isBetween = false; // what is before all of them has had its clock set
    for (const earlierUs of timesUs) {
      if (earlierUs > timeUs) later++;
      else if (earlierUs < timeUs) isBetween = true;
    }
    return isBetween ? later : 0;
  }
}
