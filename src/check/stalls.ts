import { inMs, Judge } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";

const STALL_MS = 2000;

export class Stalls extends Judge {
  #lastMs: number | null = null;
  #longest: { readonly tag: TagUnit; readonly ms: number } | null = null;
  #count = 0;

  push(tag: TagUnit): void {
    if (tag.arrivalMs === null) return;
    const silentMs = tag.arrivalMs - (this.#lastMs ?? tag.arrivalMs);
    this.#lastMs = tag.arrivalMs;
    if (silentMs <= STALL_MS) return;
    this.#count += 1;
    if (silentMs > (this.#longest?.ms ?? 0)) this.#longest = { tag, ms: silentMs };
  }

  /** @param endMs when the watching ended; null where the stream did */
  end(endMs: number | null): void {
    const silentMs = endMs === null || this.#lastMs === null ? 0 : endMs - this.#lastMs;
    const longestMs = Math.round(Math.max(this.#longest?.ms ?? 0, silentMs));
    if (longestMs <= STALL_MS) return;
    const detail = `${longestMs} ms${this.#count > 1 ? `, the longest of ${this.#count}` : ""}`;
    const place = this.#longest === null ? null : placeOf(this.#longest.tag);
    this.report("stall", detail, place, inMs(longestMs));
  }
}
