import { isKeyFrame } from "../../inputs/flv-headers.ts";
import { TagType } from "../../media/flv/layout.ts";
import type { FlvMessage } from "../../media/flv/message.ts";
import type { SparseKeyFrames } from "./news.ts";

const ALLOWED_MS = 4000;

/** Tells once when a publisher's key frames are too far apart: whoever joins waits for one. */
export class KeyFrameSpacing {
  readonly #onSparse: (seen: SparseKeyFrames) => void;
  #keyMs: number | null = null;
  #frames = 0;
  #isTold = false;

  constructor(onSparse: (seen: SparseKeyFrames) => void) {
    this.#onSparse = onSparse;
  }

  see(message: FlvMessage): void {
    if (this.#isTold || message.type !== TagType.video) return;
    this.#frames += 1;
    if (!isKeyFrame(message)) return;
    const intervalMs = this.#keyMs === null ? 0 : message.timestampMs - this.#keyMs;
    if (intervalMs > ALLOWED_MS) {
      this.#isTold = true;
      this.#onSparse({ intervalMs, fps: (this.#frames * 1000) / intervalMs });
    }
    this.#keyMs = message.timestampMs;
    this.#frames = 0;
  }
}
