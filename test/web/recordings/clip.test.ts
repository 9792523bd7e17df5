import { describe, expect, it } from "vitest";
import { clipOf, hasGaps, marked, moved, NO_MARKS, recordedMs } from "../../../src/web/recordings/clip.ts";
import { recordingWords, refusalWords } from "../../../src/web/recordings/recording-words.ts";
import { fileTime, lengthText, sizeText } from "../../../src/web/recordings/times.ts";

describe("the ends of a clip", () => {
  it("make one once both are marked", () => {
    const start = marked(NO_MARKS, "in", 5000);
    expect(clipOf(start)).toBeNull();
    expect(clipOf(marked(start, "out", 9000))).toEqual({ startMs: 5000, endMs: 9000 });
  });

  it.each([
    ["in", 9000, { inMs: 9000, outMs: null }],
    ["in", 8500, { inMs: 8500, outMs: null }],
    ["in", 6000, { inMs: 6000, outMs: 9000 }],
    ["out", 4000, { inMs: null, outMs: 4000 }],
    ["out", 7000, { inMs: 5000, outMs: 7000 }],
  ] as const)("%s at %d lets the other go where it would be on the wrong side", (name, ms, expected) => {
    expect(marked({ inMs: 5000, outMs: 9000 }, name, ms)).toEqual(expected);
  });

  it.each([
    ["in", 20_000, { inMs: 8000, outMs: 9000 }],
    ["out", 1000, { inMs: 5000, outMs: 6000 }],
    ["out", 20_000, { inMs: 5000, outMs: 20_000 }],
  ] as const)("%s stops a second before the other one when it is moved to %d", (name, ms, expected) => {
    expect(moved({ inMs: 5000, outMs: 9000 }, name, ms)).toEqual(expected);
  });

  it("tell how much of it is recorded", () => {
    const runs = [
      { startMs: 0, endMs: 10_000 },
      { startMs: 20_000, endMs: 30_000 },
    ];
    expect(recordedMs(runs, { startMs: 5000, endMs: 25_000 })).toBe(10_000);
    expect(recordedMs(runs, { startMs: 12_000, endMs: 15_000 })).toBe(0);
    expect(hasGaps(runs, { startMs: 5000, endMs: 25_000 })).toBe(true);
    expect(hasGaps(runs, { startMs: 5000, endMs: 10_500 })).toBe(false);
  });
});

const refused = (status: number) => ({ kind: "refused", status, why: "no", retryAfterMs: 0 }) as const;

describe("the words of recordings", () => {
  const situation = {
    ...{ answer: null, failure: null, days: 3, isDayEmpty: false, isRecording: false },
    ...{ isLoading: false, hasPicture: false, hasToken: false, name: "cam0" },
  };
  const listed = { kind: "recordings", isRecording: false, segments: [] } as const;

  it.each([
    ["the list is still to come", {}, "Loading…"],
    ["nothing of the stream is recorded", { answer: listed, days: 0, isDayEmpty: true }, "No recordings"],
    [
      "the first segment is still to come",
      { answer: listed, days: 0, isDayEmpty: true, isRecording: true },
      "No recordings yet",
    ],
    ["the day is empty", { answer: listed, isDayEmpty: true }, "Nothing recorded on this day"],
    ["there is no token", { answer: refused(401) }, "Token required"],
    ["the token is wrong", { answer: refused(401), hasToken: true }, "Wrong token"],
    ["it is not permitted", { answer: refused(403) }, "Access denied"],
    ["there is no such stream", { answer: refused(404) }, "No recordings"],
    ["there were too many wrong tokens", { answer: refused(429) }, "Too many attempts"],
    ["the disk does not answer", { answer: refused(503) }, "Recordings unavailable"],
    ["a file cannot be read", { answer: listed, failure: refused(503) }, "Recordings unavailable"],
    ["the server is away", { answer: { kind: "unreachable" } as const }, "Offline"],
    [
      "the browser lacks the codec",
      { answer: listed, failure: { kind: "unplayable" } as const },
      "This browser cannot play this recording",
    ],
  ])("where %s", (_, facts, title) => {
    expect(recordingWords({ ...situation, ...facts })?.title).toBe(title);
  });

  it("do not cover a picture for what will pass", () => {
    const playing = { ...situation, hasPicture: true };
    expect(recordingWords({ ...playing, answer: listed })).toBeNull();
    expect(recordingWords(playing)).toBeNull();
    expect(recordingWords({ ...playing, answer: { kind: "unreachable" } })?.place).toBe("edge");
    expect(recordingWords({ ...playing, answer: listed, isLoading: true })?.place).toBe("edge");
  });

  it.each([
    [403, "a token is needed in a header", "A token is needed in a header."],
    [403, "", "You are not allowed to."],
    [404, "x", "It has been deleted."],
    [503, "", "The disk does not answer."],
    [500, "", "The server refused (500)."],
    [400, "longer than 1 h", "Longer than 1 h."],
  ])("tell why something was refused: %d %j", (status, why, detail) => {
    expect(refusalWords("It failed", { kind: "refused", status, why, retryAfterMs: 0 })).toMatchObject({
      title: "It failed",
      detail,
    });
  });
});

describe("times and sizes", () => {
  it.each([
    [2600, "3 s"],
    [61_000, "1 min 1 s"],
    [120_000, "2 min"],
    [59.6 * 60_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [7_200_000, "2 h"],
  ])("%d ms are %s", (ms, text) => expect(lengthText(ms)).toBe(text));

  it.each([
    [3, "1 kB"],
    [512_000, "512 kB"],
    [183_400_000, "183 MB"],
    [2_040_000_000, "2.0 GB"],
  ])("%d bytes are %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));

  it("name a file by the viewer's clock, without a colon", () => {
    expect(fileTime(new Date(2026, 10, 29, 14, 5, 9).getTime())).toBe("2026-11-29 14-05-09");
  });
});
