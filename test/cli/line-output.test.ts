import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { LineOutput } from "../../src/cli/line-output.ts";

/** A pipe that takes one line, and the next when it is read. */
class FakePipe extends Writable {
  readonly lines: string[] = [];
  #take: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: BufferEncoding, onTaken: () => void): void {
    this.lines.push(chunk.toString());
    this.#take = onTaken;
  }

  async readAll(): Promise<void> {
    while (this.#take !== null) {
      const take = this.#take;
      this.#take = null;
      take();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function output(pipe: FakePipe): LineOutput {
  const stderr = pipe as unknown as NodeJS.WriteStream; // as much of one as is written to
  return new LineOutput(stderr, (dropped) => `${dropped} dropped\n`);
}

const kilobyte = `${"x".repeat(1023)}\n`;

test("lines that are not read are kept within a bound, and those beyond it are counted", async () => {
  const pipe = new FakePipe();
  const lines = output(pipe);
  for (let line = 0; line < 1000; line++) lines.write(kilobyte);
  expect(pipe.writableLength).toBe(64 * 1024);
  await pipe.readAll();
  expect(pipe.lines.slice(63)).toEqual([kilobyte, "936 dropped\n"]);
  lines.write("next\n");
  await pipe.readAll();
  expect(pipe.lines.slice(64)).toEqual(["936 dropped\n", "next\n"]);
});

test("what was dropped is counted each time, and no line comes before the count", async () => {
  const pipe = new FakePipe();
  const lines = output(pipe);
  for (let round = 0; round < 2; round++) {
    for (let line = 0; line < 65; line++) lines.write(kilobyte);
    await pipe.readAll();
  }
  expect(pipe.lines.filter((line) => line !== kilobyte)).toEqual(["1 dropped\n", "1 dropped\n"]);
  expect(pipe.lines.at(-1)).toBe("1 dropped\n");
});

test("lines that are read are written as they are", async () => {
  const pipe = new FakePipe();
  const lines = output(pipe);
  for (let line = 0; line < 500; line++) {
    lines.write(kilobyte);
    await pipe.readAll();
  }
  expect(pipe.lines).toEqual(Array.from({ length: 500 }, () => kilobyte));
});
