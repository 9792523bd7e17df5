import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ReadCoalescer } from "../../src/ffmpeg/read-coalescer.ts";

/** Video that has come so often without a pause is steady. */
const STEADY = 26;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => {
  vi.restoreAllMocks(); // before the timers: else a fake one is put back
  vi.useRealTimers();
});

/** A process with sound on a pipe, what has become of it, and of the video that wakes us. */
function begin(mayWait = () => true) {
  const story: string[] = [];
  const reads = new ReadCoalescer({ cork: () => story.push("cork"), uncork: () => story.push("uncork") });
  const process: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    "sh",
    ["-c", `while read -r words; do printf %s "$words"; echo written >&2; done`],
    { stdio: "pipe" },
  );
  onTestFinished(() => void process.kill("SIGKILL"));
  const pipe = process.stdout.setEncoding("latin1");
  const onChunk = (chunk: Uint8Array | string) => void story.push(Buffer.from(chunk).toString());
  pipe.on("data", onChunk);
  pipe.once("end", () => story.push("end"));
  reads.follow(pipe, onChunk, mayWait);
  /** Resolves when it is in the pipe. */
  const sound = async (words: string) => {
    process.stdin.write(`${words}\n`);
    await once(process.stderr, "data");
  };
  const video = (times = 1, gapMs = 33) => {
    for (let time = 0; time < times; time += 1) {
      vi.advanceTimersByTime(gapMs);
      reads.lead(() => story.push("video"));
    }
  };
  const told = () => story.splice(0);
  return { process, pipe, reads, story, told, sound, video };
}

/** Whatever wakes the event loop has done so by then. */
async function wokenUp(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

describe("sound beside steady video", () => {
  it("wakes nobody, is read with the next frame, and goes out with it", async () => {
    const { told, sound, video } = begin();
    video(STEADY);
    told();
    await sound("one");
    await sound("two");
    await wokenUp();
    expect(told()).toEqual([]);
    video();
    expect(told()).toEqual(["cork", "video", "onetwo", "uncork"]);
    video();
    expect(told()).toEqual(["cork", "video", "uncork"]);
  });

  it("comes by itself as soon as a frame is late", async () => {
    const { pipe, told, sound, video } = begin();
    video(STEADY);
    told();
    await sound("one");
    vi.advanceTimersByTime(99);
    await wokenUp();
    expect(told()).toEqual([]);
    const came = once(pipe, "data");
    vi.advanceTimersByTime(1);
    await came;
    expect(told()).toEqual(["one"]);
    expect(vi.getTimerCount()).toBe(0);
    video();
    told();
    const next = once(pipe, "data");
    await sound("two");
    await next; // and goes on to, until video is steady again
  });

  it("comes by itself when the video has ended", async () => {
    const { pipe, reads, told, sound, video } = begin();
    video(STEADY);
    told();
    const came = once(pipe, "data");
    await sound("one");
    reads.release();
    await came;
    expect(told()).toEqual(["one"]);
  });

  it("is read to its end when its process ends, by the next frame", async () => {
    const { process, pipe, told, sound, video } = begin();
    video(STEADY);
    told();
    await sound("last");
    const exited = once(process, "exit");
    process.stdin.end();
    await exited;
    while (!pipe.readableEnded) {
      video(); // one more than two where a process is just being started beside it, which holds the pipe's other end until then
      await wokenUp();
    }
    const words = told().filter((word) => !word.endsWith("cork"));
    expect(words.slice(0, 2)).toEqual(["video", "last"]);
    expect(words.slice(2).filter((word) => word !== "video")).toEqual(["end"]);
  });

  it("is read to its end when its process ends, without another frame", async () => {
    const { process, told, sound, video } = begin();
    video(STEADY);
    told();
    await sound("last");
    const closed = once(process, "close");
    process.stdin.end();
    vi.advanceTimersByTime(100);
    await closed;
    expect(told()).toEqual(["last", "end"]);
  });

  it("that is more than a frame's time has is read on by itself", async () => {
    const { pipe, told, sound, video } = begin();
    video(STEADY);
    told();
    await sound("x".repeat(65_536));
    video();
    expect(told().map((word) => word.length)).toEqual([4, 5, 65_536, 6]);
    const came = once(pipe, "data");
    await sound("more");
    await came;
  });
});

describe("sound comes by itself", () => {
  it.each([
    ["where there is no video", 0, 33],
    ["while video begins", STEADY - 1, 33],
    ["beside a frame a second", STEADY, 1000],
    ["beside 15 frames a second", STEADY, 67],
  ])("%s", async (_, frames, gapMs) => {
    const { pipe, sound, video } = begin();
    video(frames, gapMs);
    const came = once(pipe, "data");
    await sound("one");
    await came;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("while it matters when exactly it comes", async () => {
    let mayWait = true;
    const { pipe, told, sound, video } = begin(() => mayWait);
    video(STEADY);
    told();
    mayWait = false;
    video();
    told();
    const came = once(pipe, "data");
    await sound("one");
    await came;
    expect(told()).toEqual(["one"]);
  });

  it("where a pipe has nothing inside that can be held back", async () => {
    const reads = new ReadCoalescer({ cork: () => undefined, uncork: () => undefined });
    const pipe = new PassThrough();
    const chunks: string[] = [];
    pipe.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    reads.follow(
      pipe,
      () => undefined,
      () => true,
    );
    for (let frame = 0; frame < STEADY; frame += 1) reads.lead(() => undefined);
    pipe.write("one");
    await wokenUp();
    expect(chunks).toEqual(["one"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("lets out what a frame has completed although it cannot be read", () => {
  const { reads, told } = begin();
  expect(() =>
    reads.lead(() => {
      throw new Error("no NUT");
    }),
  ).toThrow("no NUT");
  expect(told()).toEqual(["cork", "uncork"]);
});

it("leaves the timer that bounds the wait alone while video comes", () => {
  const { video } = begin();
  video(STEADY);
  const started = vi.spyOn(globalThis, "setTimeout");
  video(300); // ten seconds
  expect(started.mock.calls.length).toBeLessThan(150); // it is moved when it fires, not at each frame
  started.mockRestore();
});
