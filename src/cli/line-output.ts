type Output = NodeJS.WriteStream;

/** What may wait to be read; a pipe holds as much again by itself. */
const MAX_QUEUED_BYTES = 64 * 1024;

/**
 * Keeps writes to a terminal from waiting for it. Node's do: one that is stopped (Ctrl-S) would stop all that we serve.
 * No public call of Node's changes that; libuv's handle behind the stream has one, and other kinds of output need none.
 */
export function writeWithoutWaiting(output: Output): void {
  if (!output.isTTY) return;
  const { _handle: handle } = output as { _handle?: { setBlocking?(isBlocking: boolean): unknown } };
  handle?.setBlocking?.(false);
}

/** Lines for a terminal or pipe that may stop reading: beyond a bound they are dropped, and their count is told later. */
export class LineOutput {
  readonly #output: Output;
  readonly #countLine: (dropped: number) => string;
  #dropped = 0;

  /** @param countLine says how many lines were dropped; it is written as soon as there is room again */
  constructor(output: Output, countLine: (dropped: number) => string) {
    this.#output = output;
    this.#countLine = countLine;
  }

  write(line: string): void {
    if (this.#dropped === 0 && this.#output.writableLength < MAX_QUEUED_BYTES) this.#output.write(line);
    else this.#drop();
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#dropped > 1) return;
    this.#output.once("drain", () => {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#output.write(this.#countLine(dropped));
    });
  }
}
