import { inMs, Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";

const STALL_MS = 2000;

export class Stalls extends Judge {
  #lastMs: number | null = null;
  /** `place`: the tag that ended it; null where none has come any more. */
  #longest: { readonly place: Place | null; readonly ms: number } | null = null;
  #count = 0;

  push(tag: TagUnit): void {
    if (tag.arrivalMs !== null) this.#endSilence(tag.arrivalMs, placeOf(tag));
  }

  /** @param endMs when the watching ended; null where the stream did */
  end(endMs: number | null): void {
    if (endMs !== null) this.#endSilence(endMs, null);
    if (this.#longest === null) return;
    const { place, ms } = this.#longest;
    const detail = `${ms} ms${this.#count > 1 ? `, the longest of ${this.#count}` : ""}`;
    this.report("stall", detail, place, inMs(ms));
  }

  #endSilence(atMs: number, place: Place | null): void {
    const ms = Math.round(atMs - (this.#lastMs ?? atMs));
    this.#lastMs = atMs;
    if (ms <= STALL_MS) return;
    this.#count += 1;
    if (ms > (this.#longest?.ms ?? 0)) this.#longest = { place, ms };
  }
}
