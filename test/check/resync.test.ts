import { describe, expect, test } from "vitest";
import { isChained, looksLikeTag, nextTag, realTagBytes } from "../../src/check/resync.ts";
import { fromHex } from "./avc-editing.ts";

/** A tag of sound of one byte, and its PreviousTagSize. */
const TAG = "08 000001 000000 00 000000 ff 0000000c";

describe("a tag", () => {
  test.each([
    ["08 000001 000000 00 000000", 0, true],
    ["09 800000 000000 00 000000", 0, true],
    ["12 000001 000000 00 000000", 0, true],
    ["09 800001 000000 00 000000", 0, false],
    ["0a 000001 000000 00 000000", 0, false],
    ["08 000001 000000 00 000007", 0, false],
    ["08 000001 000000 00 000007", 7, true],
    ["08 000001 000000 00 000000", 7, true],
    ["08 000001 000000 00 0000", 0, false],
  ])("could begin with %s behind one of StreamID %d: %j", (hex, streamId, isTag) => {
    expect(looksLikeTag(fromHex(hex), 0, streamId)).toBe(isTag);
    expect(looksLikeTag(fromHex(`ff ${hex}`), 1, streamId)).toBe(isTag);
  });

  test.each([
    [TAG, true],
    [TAG.replace("0000000c", "0000000d"), false],
    [TAG.slice(0, -2), null],
  ])("of %s has sizes that agree: %j", (hex, chained) => {
    expect(isChained(fromHex(hex), 0)).toBe(chained);
    expect(isChained(fromHex(`ffff ${hex}`), 2)).toBe(chained);
  });
});

describe("the next tag", () => {
  test.each([
    [TAG, 0, 0],
    [TAG, 1, null],
    [`0809 ${TAG}`, 0, 2],
    [`${TAG.replace("0c", "0d")} ${TAG}`, 0, 16],
    ["0102", 0, null],
  ])("in %s from byte %d is at %j", (hex, from, at) => {
    expect(nextTag(fromHex(hex), from)).toBe(at);
  });
});

describe("the real size of a tag", () => {
  const WRONG = "08 0000ff 000000 00 000000 ff 0000000c";
  test.each<[string, boolean, number | null]>([
    [`${WRONG} ${TAG}`, false, 12],
    [WRONG, true, 12],
    [WRONG, false, null],
    [`${WRONG} 0a`, true, null],
    [WRONG.replace("0000000c", "0000000d"), true, null],
    [`08 0000ff 000000 00 000000 0000000b ${TAG}`, false, 11],
    [`08 0000ff 000000 00 000000 ${"00".repeat(256)} 0000010b ${TAG}`, false, 267],
  ])("of %s is, at the end: %j, %j", (hex, isEnd, size) => {
    expect(realTagBytes(fromHex(hex), isEnd)).toBe(size);
  });
});
