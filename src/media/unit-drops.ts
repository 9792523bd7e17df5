import { CorruptInputError } from "./corrupt-input.ts";

export interface DroppedUnits {
  /** Those that the format has decoders ignore: nothing is lost with them. */
  readonly ignored: number;
  readonly damaged: number;
  readonly last: string;
}

/** Counts what of a track's bytes is dropped, so that one unit that cannot be used does not end the input. */
export class UnitDrops {
  #ignored = 0;
  #damaged = 0;
  #last = "";
  #used = 0;
  #inARow = 0;
  #firstInARow = "";

  /** Frames that could be used. */
  get usedCount(): number {
    return this.#used;
  }

  /** Units dropped since something could last be used. */
  get inARow(): number {
    return this.#inARow;
  }

  /** What was wrong with the first of them. */
  get firstInARow(): string {
    return this.#firstInARow;
  }

  ignore(why: string): void {
    this.#ignored++;
    this.#drop(why);
  }

  damage(why: string): void {
    this.#damaged++;
    this.#drop(why);
  }

  /** What is read, or null where it is damaged. */
  guard<Value>(read: () => Value): Value | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      this.damage(error.message);
      return null;
    }
  }

  /** Something came that can be used. */
  used(): void {
    this.#used++;
    this.#inARow = 0;
  }

  /** What was dropped since this was last asked; null for nothing. */
  take(): DroppedUnits | null {
    if (this.#ignored + this.#damaged === 0) return null;
    const dropped = { ignored: this.#ignored, damaged: this.#damaged, last: this.#last };
    this.#ignored = this.#damaged = 0;
    return dropped;
  }

  #drop(why: string): void {
    if (this.#inARow++ === 0) this.#firstInARow = why;
    this.#last = why;
  }
}
