import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import type { Source } from "../../src/devices/source.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { FfmpegCapture, inputFailure } from "../../src/ffmpeg/capture.ts";
import { ReadCoalescer } from "../../src/ffmpeg/read-coalescer.ts";
import { CorruptInputError } from "../../src/media/corrupt-input.ts";

const source = testSource({ wanted: { video: true, audio: true }, size: null, fps: null });
const path = (name: string) => JSON.stringify(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));

/** Node in ffmpeg's place, with pictures on its pipe 1 and sound on its pipe 3; what came of it, in order. */
function capture(script: string, more: Partial<Source> = {}) {
  const story: string[] = [];
  const announced: string[] = [];
  const plan = {
    source: { ...source, ...more },
    args: ["-e", `const { closeSync, readFileSync, writeSync } = require("fs"); ${script}`],
    video: { pipe: 1, encoder: "libx264", bitrateKbps: null, fps: null, gopSeconds: 1 },
    audio: { pipe: 3, encoder: "aac", bitrateKbps: null },
    baseS: 0,
  } as const;
  const one = new FfmpegCapture(process.execPath, plan, {
    onPackets: (packets) => story.push(...packets.map(({ kind }) => kind)),
    onFfmpegLine: () => undefined,
    reads: new ReadCoalescer({ cork: () => undefined, uncork: () => undefined }),
    onAnnounced: ({ codec }) => announced.push(codec),
    onTrackEnd: (track) => story.push(`end of ${track}`),
    onDropped: (track, { last }) => story.push(`${track}: ${last}`),
    onDriverChange: ({ kind }) => story.push(kind),
  });
  return { one, story, announced };
}

const picture = `writeSync(1, readFileSync(${path("video-5.1.nut")}));`;
const sound = `writeSync(3, readFileSync(${path("audio-5.1.nut")}));`;

/** As libavformat/hls.c names a segment that it reads. */
const line = (n: number) =>
  `[hls @ 0x1] [verbose] HLS request for url 'http://cam/${n}.ts', offset 0, playlist 0`;

/** Video a piece at a time, so that sound waits for it after the first second's worth. */
const steadily = `
  const bytes = readFileSync(${path("video-5.1.nut")});
  const step = Math.ceil(bytes.length / 100);
  for (let at = 0; at < bytes.length; at += step) {
    writeSync(1, bytes.subarray(at, at + step));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }`;

const frames = (words: readonly string[]) => words.filter((word) => word.endsWith("frame")).toSorted();

describe("sound that waits for video", () => {
  it.each([
    ["when both end with the process", `${steadily} ${sound}`],
    [
      "when the video ends and the process goes on",
      `${steadily} closeSync(1); setTimeout(() => { ${sound} }, 300)`,
    ],
  ])("is read to its end %s", async (_, script) => {
    const { one, story } = capture(`${script}; process.exitCode = 0`, { hasEnd: true });
    await one.ended;
    const whole = capture(`${picture} ${sound} process.exitCode = 0`, { hasEnd: true });
    await whole.one.ended;
    expect(frames(story)).toEqual(frames(whole.story));
  });
});

describe("a process", () => {
  it("has each track on its pipe, and tells of each one's end", async () => {
    const { one, story, announced } = capture(`${picture} ${sound} process.exitCode = 0`, { hasEnd: true });
    await one.ended;
    const count = (kind: string) => story.filter((word) => word === kind).length;
    expect(new Set(announced)).toEqual(new Set(["aac"])); // before it comes
    expect(count("video-config")).toBe(1);
    expect(count("audio-config")).toBe(1);
    expect(count("video-frame")).toBeGreaterThan(1);
    expect(count("audio-frame")).toBeGreaterThan(1);
    expect(story.filter((word) => word.startsWith("end")).toSorted()).toEqual([
      "end of audio",
      "end of video",
    ]);
    expect([one.droppedFrames, one.lastDropMs, one.lastSegment]).toEqual([0, null, null]);
  });

  it.each([
    ["a file's end", 0, true, null],
    ["a file that fails", 1, true, "UserError"],
    ["a camera's end: it was unplugged", 0, false, "UserError"],
  ])("is over well or not: %s", async (_, code, hasEnd, failure) => {
    const { one } = capture(`${picture} process.exitCode = ${code}`, { hasEnd });
    const ended = one.ended.then(
      () => null,
      (error: unknown) => error instanceof Error && error.name,
    );
    expect(await ended).toBe(failure);
  });

  it("that ends in the middle of a frame has failed, though it ended well", async () => {
    const { one } = capture(
      `writeSync(1, readFileSync(${path("video-5.1.nut")}).subarray(0, -100)); process.exitCode = 0`,
      { hasEnd: true },
    );
    await expect(one.ended).rejects.toMatchObject({ reason: "brokenInput" });
  });

  it("of a live playlist tells which segment was its last", async () => {
    const { one } = capture(
      `console.error(${JSON.stringify(`${line(7)}\n${line(8)}\n[hls @ 0x1] [verbose] else`)}); setInterval(() => 0, 1000)`,
    );
    await vi.waitFor(() => expect(one.lastSegment).toBe("http://cam/8.ts"), { timeout: 20_000 });
    await one.stop();
  });
});

describe("what is wrong with an input's bytes", () => {
  it("is its own words, with the input's name", () => {
    expect(inputFailure("cam0", new CorruptInputError("NUT: expected more"))).toMatchObject({
      ...{ name: "UserError", reason: "brokenInput", message: "cam0: NUT: expected more" },
    });
  });

  it("is no fault of ours that is hidden", () => {
    const bug = new TypeError("ours");
    expect(inputFailure("cam0", bug)).toBe(bug);
    expect(inputFailure("cam0", "thrown")).toEqual(new Error("thrown"));
  });

  it("may be B-frames, which can be helped", async () => {
    const { one } = capture(
      `writeSync(1, readFileSync(${path("reordered.nut")})); setInterval(() => 0, 1000)`,
    );
    await expect(one.ended).rejects.toMatchObject({
      message: "test sends B-frames without presentation times; remove --copy to re-encode it",
    });
  });
});
