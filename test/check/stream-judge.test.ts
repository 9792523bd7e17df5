import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { StreamJudge } from "../../src/check/stream-judge.ts";
import { say } from "./faults/metadata.ts";
import { isAudio, isKey, isPicture, isSound, isVideo, type RawStream, TYPE, write } from "./raw-stream.ts";
import { arriving, liveStream } from "./sample.ts";
import { idsIn } from "./tag.ts";

/** A live stream of twelve seconds, of which some is left, and what is found in it. */
function judged(change: (stream: RawStream) => void) {
  const faults = new Faults();
  const judge = new StreamJudge(faults);
  const stream = liveStream();
  change(stream);
  const pieces = arriving(stream, (timestampMs) => timestampMs + 100);
  for (const { bytes, atMs } of pieces) judge.push(bytes, atMs);
  const figures = judge.end({ isWhole: false, atMs: pieces.at(-1)?.atMs ?? 0 });
  return { stream, figures, ids: idsIn(faults), firstFrameMs: judge.firstFrameMs };
}

function only(flags: number, isLeft: (tag: RawStream["tags"][number]) => boolean) {
  return (stream: RawStream) => {
    stream.tags = stream.tags.filter(isLeft);
    stream.header.writeUInt8(flags, 4);
  };
}

describe("a live stream", () => {
  test("of both tracks is told by its figures", () => {
    const { stream, figures, ids, firstFrameMs } = judged(() => undefined);
    expect(ids).toEqual([]);
    expect(firstFrameMs).toBe(123); // the first picture's time is 23 ms
    expect(figures).toMatchObject({
      bytes: write(stream).length,
      tags: stream.tags.length,
      isLive: true,
      burstMs: 280,
      video: { size: "96x64", frames: 300, fps: 25, longestGopMs: 400 },
      audio: { sampleRateHz: 44_100, channels: 2, frames: stream.tags.filter(isSound).length },
    });
    expect(figures.speed).toBeCloseTo(1, 1);
    expect(figures.durationMs).toBeGreaterThanOrEqual(12_000);
  });

  test("of sound alone keeps pace by its sound", () => {
    const { figures, ids, firstFrameMs } = judged(only(4, (tag) => !isVideo(tag)));
    expect(ids).toEqual([]);
    expect(figures).toMatchObject({ isLive: true, video: null, audio: { channels: 2 } });
    expect(figures.speed).toBeCloseTo(1, 2);
    expect(firstFrameMs).toBe(100);
  });

  test("of pictures alone keeps pace by its pictures", () => {
    const { figures, ids } = judged(only(1, (tag) => !isAudio(tag)));
    expect(ids).toEqual([]);
    expect(figures).toMatchObject({ isLive: true, speed: 1, audio: null });
  });

  test("begins with its first key frame, whatever comes before", () => {
    const { ids, firstFrameMs } = judged(only(5, (tag) => !isKey(tag) || tag.timestampMs > 500));
    expect(ids).toEqual(["starts-without-key-frame"]);
    expect(firstFrameMs).toBe(923);
  });
});

/** What is found in one track up to a time, of a header that promises both. */
function within(endMs: number, isOther: (tag: RawStream["tags"][number]) => boolean) {
  return judged(only(5, (tag) => !isOther(tag) && (tag.timestampMs <= endMs || tag.type === TYPE.script)))
    .ids;
}

describe("a track that the header promises", () => {
  test.each([
    [982, []],
    [983, ["header-promises-audio"]],
  ])(
    "is missed when a second of the other was seen: pictures up to %d ms and that one's length",
    (endMs, ids) => {
      expect(within(endMs, isAudio)).toEqual(ids);
    },
  );

  test("is missed by a second of sound", () => {
    expect(within(950, isVideo)).toEqual([]);
    expect(within(1000, isVideo)).toEqual(["header-promises-video"]);
  });
});

test.each([
  [1, ["header-hides-audio"]],
  [4, ["header-hides-video"]],
  [0, ["header-hides-audio", "header-hides-video"]],
])("tracks that TypeFlags %d do not promise are told of", (flags, ids) => {
  const { ids: found, stream } = judged(only(flags, () => true));
  expect(stream.tags.some(isPicture)).toBe(true);
  expect(found).toEqual(ids);
});

test("what the encoder is called is told on one line, and not at any length", () => {
  const { figures } = judged((stream) => say(stream, "encoder", `Lavf\n\u009b31m${"x".repeat(100)}`));
  expect(figures.encoder).toBe(`Lavf??31m${"x".repeat(70)}…`);
});
