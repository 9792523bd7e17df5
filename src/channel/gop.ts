import { frameBytes, type VideoFrame } from "../media/packet.ts";

/** Longer ones are not kept: it would take a decoder too long to go through them again. */
const MAX_PICTURES = 300;
const MAX_BYTES = 16 * 1024 * 1024;

/** The pictures from the last key picture on, all of which the next one builds on. */
export class Gop {
  #pictures: VideoFrame[] = [];
  #bytes = 0;

  /** Empty where it is not whole. */
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
