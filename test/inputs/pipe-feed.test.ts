import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";

let folder: string;
let path: string;
let feed: PipeFeed;
let writer: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-feed-"));
  path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  feed = await PipeFeed.open(path);
  writer = openSync(path, "w");
});
afterEach(() => {
  feed.close();
  rmSync(folder, { recursive: true });
});

/** What stands for a process's stdin: what has come, and whether its end has. */
function stdin() {
  const stream = new PassThrough();
  const come = { bytes: Buffer.alloc(0), hasEnded: false };
  stream.on("data", (chunk: Buffer) => (come.bytes = Buffer.concat([come.bytes, chunk])));
  stream.on("end", () => (come.hasEnded = true));
  const has = (text: string) => vi.waitFor(() => expect(come.bytes.toString("latin1")).toBe(text));
  return { stream, come, has };
}
const write = (text: string) => writeSync(writer, text);

describe("what is read of a named pipe", () => {
  it("goes to a process until it is over, and then to the next", async () => {
    const [first, next] = [stdin(), stdin()];
    const detach = feed.attach(first.stream);
    write("one");
    await first.has("one");
    detach();
    write("two");
    feed.attach(next.stream);
    await next.has("two");
    expect(first.come.bytes.toString("latin1")).toBe("one");
    await vi.waitFor(() => expect(first.come.hasEnded).toBe(true));
    expect(next.come.hasEnded).toBe(false);
  });

  it("by a probe comes again, to each further probe and to the process", async () => {
    const [probe, other, process, next] = [stdin(), stdin(), stdin(), stdin()];
    let detach = feed.attachToProbe(probe.stream);
    write("one ");
    await probe.has("one ");
    detach();
    detach = feed.attachToProbe(other.stream);
    write("two ");
    await other.has("one two ");
    detach();
    detach = feed.attach(process.stream);
    write("three");
    await process.has("one two three");
    detach();
    write("four");
    feed.attach(next.stream);
    await next.has("four");
    expect(process.come.bytes.toString("latin1")).toBe("one two three");
  });

  it("ends where its writer ends, also for whoever asks after it", async () => {
    const [first, next] = [stdin(), stdin()];
    const detach = feed.attach(first.stream);
    write("one");
    closeSync(writer);
    await vi.waitFor(() => expect(first.come.hasEnded).toBe(true));
    detach();
    feed.attach(next.stream);
    await vi.waitFor(() => expect(next.come.hasEnded).toBe(true));
    expect(next.come.bytes).toHaveLength(0);
  });

  it("does not end with a process that reads no more", async () => {
    const [first, next] = [stdin(), stdin()];
    const detach = feed.attach(first.stream);
    first.stream.destroy(new Error("EPIPE"));
    await new Promise((resolve) => first.stream.once("close", resolve));
    detach();
    write("one");
    feed.attach(next.stream);
    await next.has("one");
    expect(next.come.hasEnded).toBe(false);
  });

  it("stays in it while nobody reads", async () => {
    const first = stdin();
    feed.attach(first.stream)();
    write("one");
    await new Promise((resolve) => setImmediate(resolve));
    const next = stdin();
    feed.attach(next.stream);
    await next.has("one");
    expect(first.come.bytes).toHaveLength(0);
  });
});

it("a probe gets 64 MiB, and not much more", async () => {
  const MIB = 1024 * 1024;
  const big = join(folder, "big");
  writeFileSync(big, Buffer.alloc(66 * MIB)); // as a character device would send it
  const source = await PipeFeed.open(big);
  const probe = new PassThrough();
  let bytes = 0;
  probe.on("data", (chunk: Buffer) => (bytes += chunk.length));
  source.attachToProbe(probe);
  await new Promise((resolve) => probe.once("close", resolve));
  expect(bytes).toBeGreaterThanOrEqual(64 * MIB);
  expect(bytes).toBeLessThan(65 * MIB);
  source.close();
});
