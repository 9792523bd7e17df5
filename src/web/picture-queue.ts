/** A decoded picture, of which a browser has few: whoever has one closes it. */
export interface Picture {
  /** Microseconds of the stream's time. */
  readonly timestamp: number;
  close(): void;
}

/** Hardware decoders have some sixteen pictures in all, and stand still when none is given back. */
const MAX_PICTURES = 12;

/** Decoded pictures until they are shown or out of date. */
export class PictureQueue<Kind extends Picture> {
  #pictures: Kind[] = [];
  #passedOver = 0;

  /** Pictures that were never shown. */
  get passedOver(): number {
    return this.#passedOver;
  }

  get length(): number {
    return this.#pictures.length;
  }

  push(picture: Kind): void {
    this.#pictures.push(picture);
    if (this.#pictures.length > MAX_PICTURES) this.#drop(1);
  }

  /** The newest one; the caller closes it. */
  takeNewest(): Kind | null {
    return this.#takeAt(this.#pictures.length - 1);
  }

  /**
   * The newest that is due at this moment of the stream; null when none is. Where sound is so far behind that the queue
   * is full of pictures to come, the oldest: late is better than never.
   */
  takeDue(streamMs: number): Kind | null {
    const due = this.#pictures.findLastIndex(({ timestamp }) => timestamp <= streamMs * 1000);
    return this.#takeAt(due < 0 && this.#pictures.length === MAX_PICTURES ? 0 : due);
  }

  clear(): void {
    for (const picture of this.#pictures) picture.close();
    this.#pictures = [];
  }

  #takeAt(index: number): Kind | null {
    if (index < 0) return null;
    this.#drop(index);
    return this.#pictures.shift() ?? null;
  }

  #drop(count: number): void {
    for (const picture of this.#pictures.splice(0, count)) picture.close();
    this.#passedOver += count;
  }
}
