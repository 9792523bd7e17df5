import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Amf0Value, decodeAmf0 } from "../../../src/media/flv/amf0.ts";
import {
  closeFileMetadata,
  fileHeadBytes,
  readFileHead,
  readMetadataTag,
} from "../../../src/media/flv/file-metadata.ts";
import { previousTagSizeBytes, tagHeaderBytes } from "../../../src/media/flv/layout.ts";
import { filePart, framesUntil, START_MS } from "./file.ts";

const opened = (maxKeyFrames?: number) => filePart([], maxKeyFrames)[1] ?? new Uint8Array(0);

function closed(
  keyFrames: readonly { readonly position: number; readonly timeMs: number }[],
  maxKeyFrames = 4,
) {
  const tag = opened(maxKeyFrames);
  const done = { durationMs: 600_040, fileBytes: 123_456, keyFrames, isRepaired: false };
  const after = closeFileMetadata(tag, done);
  if (after === null) throw new Error("it is one of ours");
  return { before: tag, after };
}

function properties(tag: Uint8Array): ReadonlyMap<string, Amf0Value> {
  const [name, value] = decodeAmf0(tag.subarray(tagHeaderBytes, tag.length - previousTagSizeBytes));
  if (name !== "onMetaData" || typeof value !== "object" || value === null || !("properties" in value))
    throw new Error("no metadata");
  return new Map(value.properties);
}

function index(tag: Uint8Array) {
  const keyFrames = properties(tag).get("keyframes");
  if (typeof keyFrames !== "object" || keyFrames === null || !("properties" in keyFrames))
    throw new Error("no index");
  return Object.fromEntries(keyFrames.properties);
}

describe("the metadata of a file", () => {
  it("is as long when it is done as when it was begun, however many key frames there were", () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 30 }), (count, maxKeyFrames) => {
        const keys = Array.from({ length: count }, (_, at) => ({
          position: 500 + at * 1000,
          timeMs: at * 2000,
        }));
        const { before, after } = closed(keys, maxKeyFrames);
        expect(after.length).toBe(before.length);
        const { filepositions, times } = index(after) as Record<string, number[]>;
        expect(filepositions?.length).toBe(times?.length);
        expect(times).toEqual(times?.toSorted((one, other) => one - other));
        expect(filepositions?.length).toBeLessThanOrEqual(Math.min(count + 1, maxKeyFrames));
        expect(
          closeFileMetadata(after, { durationMs: 1, fileBytes: 1, keyFrames: [], isRepaired: true })?.length,
        ).toBe(before.length);
      }),
    );
  });

  it("says how long the file is, and where its key frames are, behind the sequence header", () => {
    const { before, after } = closed([
      { position: 700, timeMs: 0 },
      { position: 9000, timeMs: 2033 },
    ]);
    const known = properties(after);
    expect(known.get("duration")).toBe(600.04);
    expect(known.get("filesize")).toBe(123_456);
    expect(known.get("starttime")).toBe("2026-11-29T14:05:00.123Z");
    expect([known.get("width"), known.get("height"), known.get("encoder")]).toEqual([
      1280,
      720,
      "flvcast 0.1.0",
    ]);
    expect(index(after)).toEqual({ filepositions: [13 + before.length, 700, 9000], times: [0, 0, 2.033] });
  });

  it("keeps the first key frame, and every so many-th, where there is room for fewer", () => {
    const keys = Array.from({ length: 7 }, (_, at) => ({ position: 1000 * (at + 1), timeMs: 1000 * at }));
    const { after } = closed(keys, 4);
    expect(index(after)).toMatchObject({ times: [0, 0, 3, 6] });
  });

  it("says the same to who reads the head of the file alone", () => {
    const { after } = closed([{ position: 700, timeMs: 0 }]);
    const file = Buffer.concat([filePart([])[0] ?? new Uint8Array(0), after]);
    const head = { durationMs: 600_040, fileBytes: 123_456, startMs: START_MS, isRepaired: false };
    expect(readFileHead(file.subarray(0, fileHeadBytes))).toEqual(head);
    expect(readFileHead(file)).toEqual(head);
  });

  it("is not taken for ours where it is another program's, cut short, or noise", () => {
    const [header = new Uint8Array(0), tag = new Uint8Array(0)] = filePart(framesUntil(40));
    for (let end = 0; end < 120; end++)
      expect(readFileHead(Buffer.concat([header, tag]).subarray(0, end))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        readFileHead(noise);
        readMetadataTag(noise);
        readFileHead(Buffer.concat([header, tag.subarray(0, 11), noise]));
        expect(
          closeFileMetadata(noise, { durationMs: 1, fileBytes: 1, keyFrames: [], isRepaired: false }),
        ).toBeNull();
      }),
    );
  });
});
