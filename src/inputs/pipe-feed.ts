import { constants, createReadStream, fstatSync, open } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import type { ProbedFeed } from "../devices/source.ts";

/** A probe reads five megabytes and the frame in which they end. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/**
 * A named pipe or a character device, opened once: a pipe's writer is sent away when its reader closes it, and what
 * a probe has read of it does not come again.
 */
export class PipeFeed implements ProbedFeed {
  readonly #source: Readable;
  /** What a probe has been given, until a capture takes it. */
  #kept: Buffer[] = [];
  #keptBytes = 0;

  private constructor(source: Readable) {
    this.#source = source;
    source.on("error", () => source.destroy()); // for the reader it is an end
    source.pause();
  }

  /** Opens it without waiting for its writer. */
  static async open(path: string): Promise<PipeFeed> {
    const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new PipeFeed(
      fstatSync(fd).isFIFO()
        ? new Socket({ fd, readable: true, writable: false })
        : createReadStream(path, { fd }),
    );
  }

  attach(stdin: Writable): () => void {
    for (const chunk of this.#kept) stdin.write(chunk);
    this.#kept = [];
    this.#keptBytes = 0;
    return this.#connect(stdin);
  }

  attachToProbe(stdin: Writable): () => void {
    for (const chunk of this.#kept) stdin.write(chunk);
    const keep = (chunk: Buffer) => {
      this.#kept.push(chunk);
      this.#keptBytes += chunk.length;
      if (this.#keptBytes > MAX_KEPT_BYTES) stdin.end(); // it has enough to tell, or never will
    };
    this.#source.on("data", keep);
    const detach = this.#connect(stdin);
    return () => {
      detach();
      this.#source.off("data", keep);
    };
  }

  close(): void {
    this.#source.destroy();
  }

  #connect(stdin: Writable): () => void {
    stdin.on("error", () => undefined); // a process that ends early reports why itself
    if (this.#source instanceof Socket) this.#source.ref();
    if (this.#source.destroyed || this.#source.readableEnded) stdin.end();
    else this.#source.pipe(stdin);
    return () => {
      this.#source.unpipe(stdin);
      this.#source.pause();
      if (this.#source instanceof Socket) this.#source.unref(); // nobody reads: it keeps no process alive
      stdin.end();
    };
  }
}
