import { expect, it } from "vitest";
import type { ClipFile } from "../../../src/recordings/clip.ts";
import { RecentClips } from "../../../src/server/clips/recent-clips.ts";

const clip = (bytes = 1): ClipFile => ({ parts: [], bytes, durationMs: 1, startMs: 1, keyFrames: [] });

it("a clip is found for a minute after it was last asked for", () => {
  let nowMs = 0;
  const recent = new RecentClips(() => nowMs);
  const [one, other] = [clip(), clip()];
  recent.add("one", one);
  recent.add("other", other);
  nowMs = 40_000;
  expect(recent.find("one")).toBe(one);
  nowMs = 80_000;
  expect([recent.find("one"), recent.find("other")]).toEqual([one, null]);
});

it("those that were used longest ago go where they are too many bytes", () => {
  const recent = new RecentClips(() => 0);
  for (const key of ["a", "b"]) recent.add(key, clip(60_000_000));
  recent.find("a");
  recent.add("c", clip(60_000_000));
  expect(["a", "b", "c"].map((key) => recent.find(key) !== null)).toEqual([true, false, true]);
});
