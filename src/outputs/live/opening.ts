import { restamp, type Tag } from "../../media/flv/tag.ts";
import { GopCache, type GopLimits } from "../gop-cache.ts";
import { type Batch, toBatch } from "./sink.ts";

/** What takes a viewer from nothing to the newest tag: one batch, shared by all who join before the next. */
export class Opening {
  readonly #cache: GopCache<Tag>;
  /** As it was last made, from these tags. */
  #made: { readonly tags: readonly Tag[]; readonly batch: Batch } | null = null;

  constructor(hasVideo: boolean, limits: GopLimits) {
    this.#cache = new GopCache(cachedTags, hasVideo, limits);
  }

  add(tags: readonly Tag[]): void {
    for (const tag of tags) this.#cache.add(tag);
    this.#made = null;
  }

  get isWhole(): boolean {
    return this.#cache.isWhole;
  }

  batch(): Batch | null {
    const tags = this.#cache.opening();
    if (tags === null) return null;
    if (this.#made?.tags !== tags) this.#made = { tags, batch: toBatch(tags) };
    return this.#made.batch;
  }

  /** Forgets the GOP: the stream's time begins at 0 again. */
  restart(): void {
    this.#cache.restart();
    this.#made = null;
  }
}

const cachedTags = {
  role: ({ role }: Tag) => role,
  timestampMs: ({ timestampMs }: Tag) => timestampMs,
  byteLength: ({ bytes }: Tag) => bytes.length,
  restamp,
};
