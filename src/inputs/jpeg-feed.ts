import { once } from "node:events";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Feed } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import type { JpegImage } from "../media/jpeg/splitter.ts";
import { readImages } from "./http-images.ts";

export interface JpegFeedOptions {
  readonly url: string;
  readonly label: string;
  /** How often the URL is asked, a second, where each answer is one image; null where an answer has no end. */
  readonly polledFps: number | null;
}

/** One answer of a camera may be missing, or broken; not so many in a row. */
const MAX_FAILURES = 3;

/** JPEG images over HTTP, as a multipart stream that ffmpeg's mpjpeg reads: with a length, each is there with its last byte. */
export class JpegFeed implements Feed {
  readonly #options: JpegFeedOptions;

  constructor(options: JpegFeedOptions) {
    this.#options = options;
  }

  attach(stdin: Writable, onFailure: (failure: UserError) => void): () => void {
    const detached = new AbortController();
    stdin.on("error", () => detached.abort()); // a process that exits early reports why on stderr
    void this.#run(stdin, detached.signal).catch((error: unknown) => {
      if (detached.signal.aborted) return;
      if (!(error instanceof UserError)) throw error; // ours: it is to be seen
      onFailure(error);
    });
    return () => {
      detached.abort();
      stdin.end();
    };
  }

  close(): void {
    // Nothing is open between two processes.
  }

  async #run(stdin: Writable, signal: AbortSignal): Promise<void> {
    const { polledFps } = this.#options;
    if (polledFps === null) {
      for await (const image of readImages(this.#options, signal)) await pass(stdin, image, signal);
      stdin.end(); // the other end has gone
      return;
    }
    for (let failures = 0; ; ) {
      const beganMs = performance.now();
      try {
        for await (const image of readImages(this.#options, signal)) {
          failures = -1; // whatever becomes of the rest of the answer, such as a length that was a lie
          await pass(stdin, image, signal);
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= MAX_FAILURES || signal.aborted) throw error;
      }
      await delay(Math.max(0, beganMs + 1000 / polledFps - performance.now()), undefined, { signal });
    }
  }
}

/** Hands on an image, no faster than they are read. */
async function pass(stdin: Writable, { bytes }: JpegImage, signal: AbortSignal): Promise<void> {
  stdin.write(partHead(bytes));
  if (!stdin.write(bytes)) await once(stdin, "drain", { signal });
}

function partHead({ length }: JpegImage["bytes"]): string {
  return `\r\n--image\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`;
}
