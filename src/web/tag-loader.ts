import type mpegts from "mpegts.js";
import { joinBytes } from "../media/flv/bytes.ts";
import type { FlvEvent } from "../media/flv/demuxer.ts";

type BaseLoader = InstanceType<typeof mpegts.BaseLoader>;

/**
 * What mpegts.js reads from: the header and tags that we receive ourselves, one connection for both players. It asks for
 * a class and makes the loader itself, when it is ready for it.
 */
export class TagSource {
  #loader: BaseLoader | null = null;
  readonly #waiting: Uint8Array[] = [];
  #sentBytes = 0;
  #isDue = false;

  /** The class for mpegts.js's `customLoader`. */
  loaderClass(BaseLoaderClass: typeof mpegts.BaseLoader): mpegts.CustomLoaderConstructor {
    const attach = (loader: BaseLoader) => this.#attach(loader);
    const detach = () => (this.#loader = null);
    return class extends BaseLoaderClass {
      constructor() {
        super("received-tags");
      }
      override open(): void {
        attach(this);
      }
      override abort(): void {
        detach();
      }
      override destroy(): void {
        detach();
        super.destroy();
      }
    };
  }

  /** Everything of one moment goes out together: a whole group as one segment, not as sixty. */
  push({ bytes }: FlvEvent): void {
    this.#waiting.push(bytes);
    this.#flushSoon();
  }

  #attach(loader: BaseLoader): void {
    this.#loader = loader;
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isDue || this.#loader === null) return;
    this.#isDue = true;
    queueMicrotask(() => this.#flush());
  }

  /** A copy: mpegts.js hands its memory on to the browser, and other players read these bytes, too. */
  #flush(): void {
    this.#isDue = false;
    if (this.#loader === null || this.#waiting.length === 0) return;
    const start = this.#sentBytes;
    const piece = joinBytes(this.#waiting.splice(0));
    this.#sentBytes += piece.length;
    this.#loader.onDataArrival(piece.buffer, start, this.#sentBytes);
  }
}
