import { expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { judgeTagHeader } from "../../src/check/tag-judge.ts";
import type { TagUnit } from "../../src/check/unit.ts";
import { tagAt } from "./tag.ts";

const NEAR_END_MS = 2 ** 31 - 86_400_000;

test.each<[string, Partial<TagUnit>, boolean, string[]]>([
  ["a picture", { typeByte: 9 }, true, []],
  ["sound", { typeByte: 8 }, true, []],
  ["a script", { typeByte: 18 }, true, []],
  ["an encrypted picture", { typeByte: 0x29 }, false, ["tag-encrypted"]],
  ["a reserved bit", { typeByte: 0x49 }, true, ["tag-reserved-bits"]],
  ["another reserved bit", { typeByte: 0x89 }, true, ["tag-reserved-bits"]],
  ["a type that is none", { typeByte: 10 }, false, ["tag-type-unknown"]],
  ["an encrypted tag of a type that is none", { typeByte: 0x2a }, false, ["tag-type-unknown"]],
  ["a StreamID", { streamId: 1 }, true, ["tag-stream-id"]],
  ["no body", { body: Buffer.alloc(0) }, false, ["tag-empty"]],
  ["a negative time", { timestampMs: -1 }, true, ["timestamp-negative"]],
  ["a time a day before the last", { timestampMs: NEAR_END_MS }, true, []],
  ["a later time", { timestampMs: NEAR_END_MS + 1 }, true, ["timestamp-near-end"]],
])("the body of a tag of %s can be read, or not", (_, tag, isReadable, ids) => {
  const faults = new Faults();
  expect(judgeTagHeader(tagAt(0, tag), faults)).toBe(isReadable);
  expect(faults.all().map(({ id }) => id)).toEqual(ids);
});
