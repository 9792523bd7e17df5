import { atTimes, frameBytes, type VideoFrame } from "../media/packet.ts";

/** Longer ones are not kept: it would take a decoder too long to go through them again. */
const MAX_PICTURES = 300;
const MAX_BYTES = 16 * 1024 * 1024;

/** The pictures from the last key picture on, all of which the next one builds on. */
export class Gop {
  #pictures: VideoFrame[] = [];
  #bytes = 0;

  get pictures(): readonly VideoFrame[] {
    return this.#pictures;
  }

  add(picture: VideoFrame): void {
    if (picture.isKey) this.break();
    else if (this.#pictures.length === 0) return;
    this.#pictures.push(picture);
    this.#bytes += frameBytes(picture);
    if (this.#pictures.length > MAX_PICTURES || this.#bytes > MAX_BYTES) this.break();
  }

  /** What comes builds on another key picture. */
  break(): void {
    this.#pictures = [];
    this.#bytes = 0;
  }
}

/** From one picture to the next where they are only there to be decoded. */
const AGAIN_US = 1000;

/**
 * The pictures once more, decoded and shown quickly one after the other before a moment: for what follows builds on them. What was to
 * be shown after it still is. Where not all of them fit behind what is shown already, they are as late as it takes.
 * @param shownUntilUs when the last picture is shown
 */
export function again(
  pictures: readonly VideoFrame[],
  untilUs: number,
  shownUntilUs: number,
): readonly VideoFrame[] {
  const shown = pictures.toSorted((a, b) => a.presentationTimeUs - b.presentationTimeUs);
  const places = pictures.map((picture) => shown.indexOf(picture));
  const depth = Math.max(0, ...places.map((place, at) => at - place));
  const spanUs = (pictures.length + depth) * AGAIN_US;
  const beginUs = Math.max(untilUs - spanUs, shownUntilUs + AGAIN_US);
  const endUs = beginUs + spanUs;
  return pictures.map((picture, at) => {
    const shownUs = beginUs + (depth + (places[at] ?? at)) * AGAIN_US;
    const isYetToCome = picture.presentationTimeUs >= endUs;
    return atTimes(picture, beginUs + at * AGAIN_US, isYetToCome ? picture.presentationTimeUs : shownUs);
  });
}
