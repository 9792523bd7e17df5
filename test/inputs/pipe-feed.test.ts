import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";

const MIB = 1024 * 1024;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-feed-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * A file is read as a character device is. Named pipes are the e2e tests': a worker's threads may not open what a socket
 * closes.
 */
async function feedOf(bytes: Uint8Array): Promise<PipeFeed> {
  const path = join(folder, "device");
  writeFileSync(path, bytes);
  return await PipeFeed.open(path);
}

/** What stands for a process's stdin: what has come, and whether its end has. */
function stdin() {
  const stream = new PassThrough();
  const come = { bytes: Buffer.alloc(0), hasEnded: false };
  stream.on("data", (chunk: Buffer) => (come.bytes = Buffer.concat([come.bytes, chunk])));
  stream.on("end", () => (come.hasEnded = true));
  return { stream, come, over: () => vi.waitFor(() => expect(come.hasEnded).toBe(true), 20_000) };
}
const text = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);

describe("what is read of a device that is opened once", () => {
  it("goes to a process until it is over, and on to the next", async () => {
    const feed = await feedOf(text);
    const [first, next] = [stdin(), stdin()];
    const detach = feed.attach(first.stream);
    await new Promise((resolve) => first.stream.once("data", resolve));
    detach();
    await first.over();
    feed.attach(next.stream);
    await next.over();
    expect(first.come.bytes.length).toBeGreaterThan(0);
    expect(Buffer.concat([first.come.bytes, next.come.bytes]).equals(text)).toBe(true);
    feed.close();
  });

  it("by a probe comes again, to each further probe and to the process, and then no more", async () => {
    const feed = await feedOf(text);
    const [probe, other, process, next] = [stdin(), stdin(), stdin(), stdin()];
    let detach = feed.attachToProbe(probe.stream);
    await new Promise((resolve) => probe.stream.once("data", resolve));
    detach();
    await probe.over();
    detach = feed.attachToProbe(other.stream);
    await other.over();
    detach();
    detach = feed.attach(process.stream);
    await process.over();
    detach();
    feed.attach(next.stream);
    await next.over();
    expect(other.come.bytes.equals(text)).toBe(true);
    expect(process.come.bytes.equals(text)).toBe(true);
    expect(next.come.bytes).toHaveLength(0);
    feed.close();
  });

  it("does not end with a process that reads no more", async () => {
    const feed = await feedOf(text);
    const [first, next] = [stdin(), stdin()];
    const detach = feed.attach(first.stream);
    first.stream.destroy(new Error("EPIPE"));
    await new Promise((resolve) => first.stream.once("close", resolve));
    detach();
    feed.attach(next.stream);
    await next.over();
    expect(next.come.bytes.length).toBeGreaterThan(0);
    feed.close();
  });

  it("is over once it is closed", async () => {
    const feed = await feedOf(text);
    feed.close();
    const late = stdin();
    feed.attach(late.stream);
    await late.over();
    expect(late.come.bytes).toHaveLength(0);
  });
});

it("a probe gets 64 MiB, and not much more", async () => {
  const feed = await feedOf(new Uint8Array(66 * MIB));
  const probe = new PassThrough();
  let bytes = 0;
  probe.on("data", (chunk: Buffer) => (bytes += chunk.length));
  feed.attachToProbe(probe);
  await new Promise((resolve) => probe.once("close", resolve));
  expect(bytes).toBeGreaterThanOrEqual(64 * MIB);
  expect(bytes).toBeLessThan(65 * MIB);
  feed.close();
});
