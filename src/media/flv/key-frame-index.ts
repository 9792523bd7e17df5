import type { KeyFrame } from "./file-metadata.ts";

/** Beyond so many, every other one is left out. */
const MAX_KEY_FRAMES = 16_384;

/** The key frames of a file as it grows, in bounded memory. */
export class KeyFrameIndex {
  #keyFrames: KeyFrame[] = [];
  /** Of all that there were, every so many-th is in it. */
  #stride = 1;
  #added = 0;

  add(keyFrame: KeyFrame): void {
    if (this.#added++ % this.#stride !== 0) return;
    this.#keyFrames.push(keyFrame);
    if (this.#keyFrames.length < MAX_KEY_FRAMES) return;
    this.#keyFrames = this.#keyFrames.filter((_, at) => at % 2 === 0);
    this.#stride *= 2;
  }

  get keyFrames(): readonly KeyFrame[] {
    return this.#keyFrames;
  }
}
