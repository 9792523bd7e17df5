import { CorruptInputError } from "../media/corrupt-input.ts";
import type { UnitDrops } from "../media/unit-drops.ts";

/** So many units in a row that cannot be used are no accident. */
const MAX_IN_A_ROW = 1000;
/** Nor is it when nothing else has come for so long: as long as it takes for a few of them, at a frame a minute. */
export const MAX_DROPPING_US = 10e6;
const FEW = 10;

/** Ends an input that sends, and of which nothing can be used any more. */
export class DropLimit {
  #usedCount = 0;
  /** When the first of a row was dropped. */
  #sinceUs: number | null = null;
  #isPatient = false;

  /** Nothing of what came last could be used, and that may yet pass. */
  get isPatient(): boolean {
    return this.#isPatient;
  }

  /** To be called after each chunk. @throws CorruptInputError past the limit: how many were dropped, and which was the first */
  check({ usedCount, inARow, firstInARow }: UnitDrops, arrivalUs: number): void {
    if (inARow === 0 || usedCount !== this.#usedCount) this.#sinceUs = null;
    this.#usedCount = usedCount;
    if (inARow > 0) this.#sinceUs ??= arrivalUs;
    const isLong = this.#sinceUs !== null && arrivalUs - this.#sinceUs >= MAX_DROPPING_US;
    this.#isPatient = inARow > 0 && !isLong;
    if (inARow < MAX_IN_A_ROW && !(isLong && inARow >= FEW)) return;
    throw new CorruptInputError(`${inARow} units in a row are unusable; the first: ${firstInARow}`);
  }
}
