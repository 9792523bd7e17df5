import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { encodeTag } from "../../../src/media/flv/tag.ts";
import { mediaOf } from "../../../src/media/rtmp/media-message.ts";
import { bytes } from "../fixture.ts";

const metadata = encodeAmf0("onMetaData", { kind: "ecma-array", properties: [["width", 96]] });
const body = bytes("af01 2110");

function media(type: number, messageBody: Uint8Array, timestampMs = 5) {
  return mediaOf({ type, streamId: 1, timestampMs, body: messageBody });
}

/** Of an aggregate message: three tags. */
function tags(from: number): Uint8Array {
  return Buffer.concat([
    encodeTag(9, from, [bytes("2701")]),
    encodeTag(8, from + 7, [bytes("af01")]),
    encodeTag(9, from + 40, [bytes("2702")]),
  ]);
}

/** What an aggregate message is taken apart to. */
function times(aggregate: Uint8Array, atMs: number): readonly (readonly number[])[] {
  return media(22, aggregate, atMs).map(({ type, timestampMs, body: part }) => [
    type,
    timestampMs,
    part.length,
  ]);
}

describe("the media of a message", () => {
  it.each([
    ["sound", 8, 8],
    ["video", 9, 9],
    ["data", 18, 18],
  ])("is %s as it came", (_, type, tagType) => {
    expect(media(type, body)).toEqual([{ type: tagType, timestampMs: 5, body }]);
  });

  it("is metadata without the call that sets it, in AMF 0 and as AMF 3 has it", () => {
    const wrapped = Buffer.concat([encodeAmf0("@setDataFrame"), metadata]);
    const expected = [{ type: 18, timestampMs: 5, body: new Uint8Array(metadata) }];
    expect(media(18, wrapped).map((one) => ({ ...one, body: new Uint8Array(one.body) }))).toEqual(expected);
    expect(media(18, metadata)).toEqual(expected);
    const amf3 = Buffer.concat([Uint8Array.of(0), wrapped]);
    expect(media(15, amf3).map((one) => ({ ...one, body: new Uint8Array(one.body) }))).toEqual(expected);
  });

  it("is data of 64 KiB, and none of more", () => {
    expect(media(18, new Uint8Array(64 * 1024))).toHaveLength(1);
    expect(media(18, new Uint8Array(64 * 1024 + 1))).toEqual([]);
  });

  it.each([
    ["an empty body", 8, new Uint8Array(0)],
    ["metadata taken back", 18, encodeAmf0("@clearDataFrame", "onMetaData")],
    ["a command", 20, encodeAmf0("connect", 1)],
    ["an unknown type", 16, body],
  ])("is nothing for %s", (_, type, messageBody) => {
    expect(media(type, messageBody)).toEqual([]);
  });

  describe("of an aggregate message (7.1.6)", () => {
    it("is its tags, whose times count from its own", () => {
      const expected = [
        [9, 1000, 2],
        [8, 1007, 2],
        [9, 1040, 2],
      ];
      expect(times(tags(1000), 1000)).toEqual(expected);
      expect(times(tags(0), 1000)).toEqual(expected);
      expect(times(tags(0x7fff_0000), 1000)).toEqual(expected);
      expect(times(tags(0), 2 ** 32 - 10)).toEqual([
        [9, 2 ** 32 - 10, 2],
        [8, 2 ** 32 - 3, 2],
        [9, 30, 2],
      ]);
    });

    it("is not further aggregates, nor what is no media", () => {
      const inner = tags(0);
      const outer = Buffer.from(encodeTag(9, 0, [inner]));
      outer[0] = 22;
      expect(media(22, outer)).toEqual([]);
      outer[0] = 20;
      expect(media(22, outer)).toEqual([]);
    });

    it("may lack the last back pointer", () => {
      expect(times(tags(0).subarray(0, -4), 0)).toHaveLength(3);
    });

    it("is corrupt where it ends in the middle of a tag", () => {
      const whole = tags(0);
      const ends = Array.from({ length: whole.length }, (_, at) => at).filter((at) => {
        try {
          return media(22, whole.subarray(0, at)).length >= 0;
        } catch (error) {
          if (!(error instanceof CorruptInputError)) throw error;
          return false;
        }
      });
      // Behind each body up to the end of its back pointer.
      expect(ends).toEqual([0, 13, 14, 15, 16, 17, 30, 31, 32, 33, 34, 47, 48, 49, 50]);
      expect(() => media(22, whole.subarray(0, 20))).toThrow(
        "RTMP: an aggregate message of 20 bytes ends in the middle of a part",
      );
    });
  });
});
