import { inMs, Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";

const LONG_MS = 20_000;
const LONGISH_MS = 5_000;

export class Groups extends Judge {
  #first: Place | null = null;
  #startsWithKey = false;
  #hasKey = false;
  #keyMs: number | null = null;
  #lastMs: number | null = null;
  #longestMs: number | null = null;

  get longestMs(): number | null {
    return this.#longestMs;
  }

  push(tag: TagUnit, isKey: boolean): void {
    const { timestampMs } = tag;
    if (this.#first === null) {
      this.#first = placeOf(tag);
      this.#startsWithKey = isKey;
    }
    const hasStepped = this.#lastMs !== null && Math.abs(timestampMs - this.#lastMs) > LONG_MS;
    this.#lastMs = timestampMs;
    if (hasStepped) this.#keyMs = null; // time has jumped: the distance says nothing
    if (!isKey) return;
    this.#hasKey = true;
    if (this.#keyMs !== null) this.#judge(timestampMs - this.#keyMs, placeOf(tag));
    this.#keyMs = timestampMs;
  }

  end(): void {
    if (this.#first === null) return;
    if (!this.#hasKey) {
      this.report("no-key-frame", "all frames are inter frames", this.#first);
      return;
    }
    if (!this.#startsWithKey) this.report("starts-without-key-frame", "an inter frame", this.#first);
    if (this.#keyMs !== null && this.#lastMs !== null) this.#judgeDistance(this.#lastMs - this.#keyMs, null);
  }

  #judge(distanceMs: number, place: Place): void {
    this.#longestMs = Math.max(distanceMs, this.#longestMs ?? 0);
    this.#judgeDistance(distanceMs, place);
  }

  #judgeDistance(distanceMs: number, place: Place | null): void {
    if (distanceMs <= LONGISH_MS) return;
    const id = distanceMs > LONG_MS ? "group-long" : "group-longish";
    const detail = `${(distanceMs / 1000).toFixed(1)} s without one`;
    this.report(id, detail, place, inMs(distanceMs));
  }
}
