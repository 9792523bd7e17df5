import { describe, expect, it } from "vitest";
import type { AudioFrame, TrackName, Tracks, VideoFrame } from "../../src/media/packet.ts";
import { Timeline } from "../../src/timing/timeline.ts";

const AAC_US = 20_000;
const WAY_US = { video: 20_000, audio: 90_000 };
const BOTH = { video: true, audio: true };

function picture(timeUs: number): VideoFrame {
  return {
    ...{ kind: "video-frame", codec: "h264", isKey: timeUs === 0, units: [] },
    ...{ decodeTimeUs: timeUs, presentationTimeUs: timeUs },
  };
}

function sound(timeUs: number): AudioFrame {
  return { kind: "audio-frame", codec: "aac", presentationTimeUs: timeUs, data: new Uint8Array() };
}

/** A second of a picture each 40 ms and a sound each 20 ms: the last picture is of 0.96 s, the last sound of 0.9 s. */
function afterASecond({ video, audio }: Tracks = BOTH): Timeline {
  const timeline = new Timeline({ video, audio });
  const come = (frame: VideoFrame | AudioFrame, arrivalUs: number) =>
    timeline.place(timeline.steady(frame, arrivalUs), AAC_US);
  for (let us = 0; us <= 1e6; us += 10_000) {
    const [pictureUs, soundUs] = [us - WAY_US.video, us - WAY_US.audio];
    if (video && pictureUs >= 0 && pictureUs % 40_000 === 0) come(picture(pictureUs), us);
    if (audio && soundUs >= 0 && soundUs % AAC_US === 0) come(sound(soundUs), us);
  }
  return timeline;
}

/** What is filled at the last of these moments, in milliseconds, a sign before each: v or a. */
function filled(timeline: Timeline, ...looks: readonly number[]): readonly string[] {
  const fills = looks.map((nowUs) => timeline.fill(nowUs, AAC_US)).at(-1) ?? [];
  return fills.map(({ track, timestampMs }) => `${track.slice(0, 1)}${timestampMs}`);
}

/** One frame at zero, and nothing since then. */
function afterOne(track: TrackName): Timeline {
  const timeline = new Timeline({ video: track === "video", audio: track === "audio" });
  const frame = track === "video" ? picture(0) : sound(0);
  timeline.place(timeline.steady(frame, 0), AAC_US);
  return timeline;
}

/** It is looked often enough up to this moment, and then the track is lost. */
function lostAt(track: TrackName, nowUs: number): Timeline {
  const timeline = afterOne(track);
  for (let us = 0; us < nowUs; us += 500_000) expect(timeline.fill(us, AAC_US)).toEqual([]);
  timeline.lost(track);
  return timeline;
}

/** Sound that was lost, and filled until 1 s. */
function filledToASecond(): Timeline {
  const timeline = afterASecond();
  timeline.lost("audio");
  expect(filled(timeline, 1e6, 1.09e6).at(-1)).toBe("a980");
  return timeline;
}

const SILENCE = ["a920", "a940", "a960", "a980", "a1000", "a1020", "a1040"];

describe("a track without source is filled", () => {
  it.each<[string, readonly TrackName[], number, readonly string[]]>([
    ["none while both come", [], 1.25e6, []],
    ["no picture before the sound is 0.2 s past the last", ["video"], 1.25e6 - 1, []],
    ["a picture when the sound is 0.2 s past the last", ["video"], 1.25e6, ["v1160"]],
    ["no silence before it could not be in time", ["audio"], 1.03e6 - 1, []],
    ["silence as late behind the picture as sound was", ["audio"], 1.03e6, ["a920"]],
    ["the quicker track's time is the clock where none comes", ["video", "audio"], 1.17e6 - 1, SILENCE],
    ["silence too", ["video", "audio"], 1.17e6, [...SILENCE, "a1060"]],
    ["a picture too", ["video", "audio"], 1.18e6, ["v1160", ...SILENCE, "a1060"]],
  ])("%s", (_, lost, nowUs, fills) => {
    const timeline = afterASecond();
    for (const track of lost) timeline.lost(track);
    expect(filled(timeline, 1e6, nowUs)).toEqual(fills);
  });

  it("when its frames are overdue, and the other's are not yet", () => {
    const timeline = afterASecond();
    expect(filled(timeline, 1e6, 1.4e6, 1.78e6)).toEqual([]);
    expect(filled(timeline, 1.78e6 + 1)).toEqual(["v1160", "v1360", "v1560"]);
    expect([timeline.isGone("video"), timeline.isGone("audio")]).toEqual([true, false]);
  });

  it.each([
    [1.55e6, ["v1160", "v1360"]],
    [1.55e6 + 1, []],
  ])("by whoever looks again half a second late at the most: at 1 s and at %i us", (nowUs, fills) => {
    const timeline = afterASecond();
    timeline.lost("video");
    expect(filled(timeline, 1e6, nowUs)).toEqual(fills);
  });

  it("not before the channel has begun", () => {
    const timeline = new Timeline(BOTH);
    timeline.lost("video");
    expect(filled(timeline, 0, 400_000)).toEqual([]);
  });

  it("with ten pictures at once at the most: the last of a longer time", () => {
    const last = Array.from({ length: 10 }, (_, n) => `v${3200 + n * 200}`);
    expect(filled(lostAt("video", 5e6), 5e6)).toEqual(last);
  });

  it.each([
    ["twenty seconds of silence", 20.02e6, 1000, "a20"],
    ["of more only the end", 20.02e6 + 1, 1, "a20000"],
  ])("with %s", (_, nowUs, count, first) => {
    const fills = filled(lostAt("audio", nowUs), nowUs);
    expect([fills.length, fills[0]]).toEqual([count, first]);
  });
});

describe("a source that was gone is back", () => {
  it.each([
    ["with the moment that comes next", 1e6, true],
    ["not with one that has been filled", 1e6 - 1, false],
  ])("%s", (_, timeUs, isBack) => {
    expect(filledToASecond().isBack(sound(timeUs))).toBe(isBack);
  });

  it.each([
    ["not when it has gained nothing for two seconds", 0, 2e6, false],
    ["late for good when it has gained nothing for longer", 0, 2e6 + 1, true],
    ["late for good where it has gained a tenth of a second", 100_000, 2e6 + 1, true],
    ["not while it gains more than that", 100_001, 2e6 + 1, false],
  ])("%s", (_, gainUs, forUs, isBack) => {
    const timeline = filledToASecond();
    const [fromUs, firstUs] = [1.1e6, 500_000];
    expect(timeline.isBack(timeline.steady(sound(firstUs), fromUs))).toBe(false);
    expect(timeline.isBack(timeline.steady(sound(firstUs + gainUs), fromUs + forUs))).toBe(isBack);
  });

  it("not because another one before it was late when it was lost", () => {
    const timeline = filledToASecond();
    expect(timeline.isBack(timeline.steady(sound(500_000), 1.1e6))).toBe(false);
    timeline.begins("audio");
    expect(timeline.isBack(timeline.steady(sound(550_000), 3.6e6))).toBe(false);
  });

  it("with the silence up to its first sound", () => {
    const timeline = filledToASecond();
    const frame = sound(1.047e6);
    expect(timeline.resume(frame, AAC_US).map(({ timestampMs }) => timestampMs)).toEqual([1000, 1020]);
    expect(timeline.place(frame, AAC_US)).toEqual({
      timestampMs: 1040,
      presentationMs: 1040,
      startsEpoch: false,
    });
    expect(timeline.isGone("audio")).toBe(false);
  });
});

it("fills nothing before the stream has begun, and nothing of that time after it", () => {
  const timeline = new Timeline(BOTH);
  timeline.lost("audio");
  expect(filled(timeline, 1e6, 1.1e6)).toEqual([]);
  timeline.place(timeline.steady(picture(0), 2e6), AAC_US);
  expect(filled(timeline, 2.1e6, 2.2e6, 2.3e6).at(0)).toBe("a50");
});
