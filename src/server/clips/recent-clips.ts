import type { ClipFile } from "../../recordings/clip.ts";

interface Recent {
  readonly clip: ClipFile;
  readonly usedMs: number;
}

/** Between two requests of a player that seeks. */
const KEPT_MS = 60_000;
/** Of all of them, beside what their streams keep. */
const MAX_BYTES = 128_000_000;

/**
 * What was sent of late, by who got it: each request makes another clip, and the parts that a player asks for have to be those
 * of one.
 */
export class RecentClips {
  readonly #nowMs: () => number;
  /** The one that was used last is the last. */
  readonly #recent = new Map<string, Recent>();

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  add(key: string, clip: ClipFile): void {
    this.#recent.delete(key);
    this.#recent.set(key, { clip, usedMs: this.#nowMs() });
    this.#forget();
  }

  find(key: string): ClipFile | null {
    this.#forget();
    const found = this.#recent.get(key);
    if (found === undefined) return null;
    this.add(key, found.clip);
    return found.clip;
  }

  #forget(): void {
    let bytes = [...this.#recent.values()].reduce((sum, { clip }) => sum + clip.bytes, 0);
    for (const [key, { clip, usedMs }] of this.#recent) {
      if (bytes <= MAX_BYTES && this.#nowMs() - usedMs < KEPT_MS) return;
      this.#recent.delete(key);
      bytes -= clip.bytes;
    }
  }
}
