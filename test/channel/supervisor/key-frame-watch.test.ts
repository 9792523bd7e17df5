import { describe, expect, it } from "vitest";
import {
  encoderLateness,
  KeyFrameWatch,
  type LateKeyFramesSeen,
} from "../../../src/channel/supervisor/key-frame-watch.ts";
import type { VideoFrame } from "../../../src/media/packet.ts";

/** A camera: `10s@30 5s@0` sends 30 frames a second for 10 s, then nothing for 5 s. */
function timesOf(camera: string): readonly number[] {
  let endS = 0;
  return camera.split(" ").flatMap((part) => {
    const [seconds = 0, fps = 0] = part.split("s@").map(Number);
    const startS = endS;
    endS += seconds;
    return Array.from({ length: Math.round(seconds * fps) }, (_, frame) => startS + frame / fps);
  });
}

/** An encoder that makes a key frame after so many frames, so many seconds, or once. */
type KeyFrames = { readonly frames: number } | { readonly seconds: number } | "once";

function encode(times: readonly number[], every: KeyFrames): readonly VideoFrame[] {
  let keyS = Number.NEGATIVE_INFINITY;
  return times.map((timeS, frame) => {
    const isKey =
      frame === 0 ||
      (every !== "once" &&
        ("frames" in every ? frame % every.frames === 0 : timeS - keyS >= every.seconds - 0.001));
    if (isKey) keyS = timeS;
    const timeUs = 5e6 + timeS * 1e6;
    const when = { decodeTimeUs: timeUs, presentationTimeUs: timeUs };
    return { kind: "video-frame", codec: "h264", isKey, ...when, units: [] };
  });
}

/** What is told of all this, and at which second. */
function told(gopSeconds: number, times: readonly number[], every: KeyFrames) {
  const seen: (LateKeyFramesSeen & { readonly atS: number })[] = [];
  let atS = 0;
  const watch = new KeyFrameWatch(encoderLateness(gopSeconds), (late) => seen.push({ ...late, atS }));
  for (const [index, frame] of encode(times, every).entries()) {
    atS = times[index] ?? 0;
    watch.see([frame]);
  }
  return seen;
}

describe("key frames are not late", () => {
  it.each<[title: string, gopSeconds: number, every: KeyFrames, camera: string]>([
    ["where they come in time", 1, { frames: 30 }, "120s@30"],
    ["at half the rate: twice the time is allowed", 1, { frames: 30 }, "120s@15"],
    ["where all are key frames, however slow", 1, { frames: 1 }, "300s@0.2"],
    ["where they come by time, however slow", 1, { seconds: 1 }, "60s@30 60s@5 200s@0.5"],
    ["for less than 30 s", 1, { frames: 30 }, "10s@30 24s@5 60s@30"],
    ["for 30 s in pieces", 1, { frames: 30 }, "24s@5 10s@30 24s@5 10s@30 24s@5 10s@30"],
    ["because of one long stall", 1, { frames: 30 }, "10s@30 600s@0 60s@30"],
    ["because of a stall in each GOP", 1, { frames: 30 }, "1s@30 5s@0 ".repeat(30).trim()],
    ["before 30 s are over, with a long --gop", 60, { frames: 1800 }, "149s@10"],
  ])("%s", (_, gopSeconds, every, camera) => {
    expect(told(gopSeconds, timesOf(camera), every)).toEqual([]);
  });
});

/** What is told first: the second, the rate, and the seconds between key frames. */
type First = readonly [atS: number, fps: number, intervalS: number];

describe("key frames are late", () => {
  it.each<[title: string, gopSeconds: number, every: KeyFrames, camera: string, first: First]>([
    ["of a camera that slows down", 1, { frames: 30 }, "10s@30 60s@5", [42, 5, 6]],
    ["from the start on", 1, { frames: 30 }, "60s@5", [32, 5, 6]],
    ["by a little", 1, { frames: 30 }, "60s@14", [32, 14, 2.1]],
    ["with a stall in between", 1, { frames: 30 }, "15s@5 20s@0 60s@5", [52, 5, 6]],
    ["where they never come", 1, "once", "60s@30", [32, 30, 32]],
    ["with a short --gop", 0.5, { frames: 15 }, "60s@5", [31, 5, 3]],
    ["with a long --gop", 60, { frames: 1800 }, "200s@10", [150, 10, 150]],
    ["of a camera that sends one frame a second", 1, { frames: 3 }, "80s@1", [33, 1, 3]],
  ])("%s", (_, gopSeconds, every, camera, [atS, fps, intervalS]) => {
    const [first] = told(gopSeconds, timesOf(camera), every);
    if (first === undefined) throw new Error("nothing was told");
    expect(Math.abs(first.atS - atS)).toBeLessThanOrEqual(1);
    expect(Math.abs(first.fps / fps - 1)).toBeLessThan(0.01);
    expect(Math.abs(first.intervalMs / (intervalS * 1000) - 1)).toBeLessThan(0.05);
  });

  it("again for each further 30 s, with the rate of these", () => {
    const seen = told(1, timesOf("40s@10 60s@5"), { frames: 30 });
    expect(seen.map(({ fps }) => Math.round(fps))).toEqual([10, 6, 5]);
  });

  it("not across a step of the clock", () => {
    const times = [...timesOf("20s@5"), ...timesOf("20s@5")];
    expect(told(1, times, { frames: 30 })).toEqual([]);
  });
});
