import { describe, expect, it } from "vitest";
import { type Amf0Value, decodeAmf0, encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import { ChunkReader } from "../../../src/media/rtmp/chunk-reader.ts";
import { frame, frameMessage } from "../../../src/media/rtmp/chunk-writer.ts";
import { bytes, hex } from "../fixture.ts";
import { limits } from "./wire.ts";

const setChunkSize = bytes("02 000000 000004 01 00000000 00010000");

/** What a script message says on the wire. */
function script(...values: readonly Amf0Value[]): readonly Amf0Value[] {
  const framed = frameMessage({ type: TagType.script, timestampMs: 0, body: encodeAmf0(...values) }, 1);
  return decodeAmf0(framed.subarray(12));
}

describe("a framed message", () => {
  it.each([
    ["sound on chunk stream 4", TagType.audio, "04 000005 000002 08 01000000 af01"],
    ["video on chunk stream 6", TagType.video, "06 000005 000002 09 01000000 af01"],
    ["data on chunk stream 4", TagType.script, "04 000005 000002 12 01000000 af01"],
  ])("is %s, with a whole header (5.3.1.2.1)", (_, type, expected) => {
    const framed = frameMessage({ type, timestampMs: 5, body: bytes("af01") }, 1);
    expect(hex(framed)).toBe(expected.replaceAll(" ", ""));
  });

  it.each([
    [0xff_fffe, "06 fffffe 000001 09 04030201 aa"],
    [0xff_ffff, "06 ffffff 000001 09 04030201 00ffffff aa"],
    [0xffff_ffff, "06 ffffff 000001 09 04030201 ffffffff aa"],
  ])("at %i has an extended timestamp where it must (5.3.1.3)", (timestampMs, expected) => {
    const framed = frameMessage({ type: TagType.video, timestampMs, body: bytes("aa") }, 0x0102_0304);
    expect(hex(framed)).toBe(expected.replaceAll(" ", ""));
  });

  it("is a header alone where it has no body", () => {
    expect(hex(frameMessage({ type: TagType.audio, timestampMs: 0, body: bytes("") }, 1))).toBe(
      "040000000000000801000000",
    );
  });

  it("goes on in chunks of type 3 that repeat an extended timestamp", () => {
    const message = { type: 9, streamId: 1, timestampMs: 0x0100_0000, body: bytes("aabbccddee") };
    expect(hex(frame(message, 6, 2))).toBe(
      "06 ffffff 000005 09 01000000 01000000 aabb c6 01000000 ccdd c6 01000000 ee".replaceAll(" ", ""),
    );
    expect(hex(frame({ ...message, timestampMs: 5 }, 6, 2))).toBe(
      "06 000005 000005 09 01000000 aabb c6 ccdd c6 ee".replaceAll(" ", ""),
    );
  });

  it.each([65_535, 65_536, 65_537, 131_072, 131_073])("of %i bytes is read as what it was", (length) => {
    for (const timestampMs of [0, 0xff_ffff, 0xffff_ffff]) {
      const body = Uint8Array.from({ length }, (_, index) => index % 251);
      const framed = frameMessage({ type: TagType.video, timestampMs, body }, 7);
      const chunks = Math.ceil(length / 65_536);
      const extendedBytes = timestampMs < 0xff_ffff ? 0 : 4;
      expect(framed).toHaveLength(12 + extendedBytes + length + (chunks - 1) * (1 + extendedBytes));
      const reader = new ChunkReader(limits);
      reader.push(setChunkSize);
      const [back, ...others] = reader.push(framed);
      expect(back).toMatchObject({ type: 9, streamId: 7, timestampMs });
      expect(Buffer.compare(back?.body ?? bytes(""), body)).toBe(0);
      expect(others).toEqual([]);
    }
  });

  it("of metadata is the call that stores them for later viewers; other data go as they are", () => {
    const facts = { kind: "ecma-array", properties: [["width", 96]] } as const;
    expect(script("onMetaData", facts)).toEqual(["@setDataFrame", "onMetaData", facts]);
    expect(script("@setDataFrame", "onMetaData", facts)).toEqual(["@setDataFrame", "onMetaData", facts]);
    expect(script("onTextData", facts)).toEqual(["onTextData", facts]);
  });
});
