import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants, createWriteStream, mkdtempSync, openSync, rmSync, type WriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";

// Not among the unit tests: in a thread, Node takes a descriptor that a socket has closed for a leak.
const folder = mkdtempSync(join(tmpdir(), "flvcast-"));
const path = join(folder, "pipe");
let feed: PipeFeed;
let writer: WriteStream;

afterEach(() => {
  writer.destroy();
  feed.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process's stdin, and what has come to it. */
class Stdin extends PassThrough {
  text = "";

  constructor() {
    super();
    this.on("data", (chunk: Buffer) => (this.text += chunk.toString()));
  }
}

async function openPipe(): Promise<void> {
  spawnSync("mkdir", ["-p", folder]);
  spawnSync("mkfifo", [path]);
  feed = await PipeFeed.open(path);
  writer = createWriteStream(path, { fd: openSync(path, constants.O_WRONLY) });
}

describe.skipIf(process.platform === "win32")("a named pipe (Windows has none that are files)", () => {
  it("is opened before its writer has come", async () => {
    await openPipe();
    const stdin = new Stdin();
    feed.attach(stdin);
    writer.write("late");
    await expect.poll(() => stdin.text).toBe("late");
  });

  it("gives a capture what a probe has read, once, and goes on from there", async () => {
    await openPipe();
    const probe = new Stdin();
    const detach = feed.attachToProbe(probe);
    writer.write("header ");
    await expect.poll(() => probe.text).toBe("header ");
    detach();
    expect(probe.writableEnded).toBe(true);
    writer.write("frames ");
    const first = new Stdin();
    const detachFirst = feed.attach(first);
    await expect.poll(() => first.text).toBe("header frames ");
    detachFirst();
    const second = new Stdin();
    feed.attach(second);
    writer.write("more");
    await expect.poll(() => second.text).toBe("more");
    expect(probe.text).toBe("header ");
  });

  it("ends what reads it when its writer has gone, also what comes later", async () => {
    await openPipe();
    const probe = new Stdin();
    const detach = feed.attachToProbe(probe);
    writer.end("all");
    await once(probe, "end");
    detach();
    const capture = new Stdin();
    feed.attach(capture);
    await once(capture, "end");
    expect(capture.text).toBe("all");
  });

  it("does not fail where a process ends before it has read all", async () => {
    await openPipe();
    const stdin = new Stdin();
    feed.attach(stdin);
    stdin.destroy(new Error("EPIPE"));
    writer.write("nobody reads this");
    const next = new Stdin();
    feed.attach(next);
    writer.write("and this");
    await expect.poll(() => next.text).toContain("and this");
  });
});
