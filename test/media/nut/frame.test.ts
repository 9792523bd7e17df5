import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { type NutStream, readFrameHeader } from "../../../src/media/nut/frame.ts";
import { type FrameCode, FrameFlag, type MainHeader } from "../../../src/media/nut/header.ts";
import { NutReader, nutChecksum } from "../../../src/media/nut/reader.ts";
import { bytes } from "../fixture.ts";

const plain: FrameCode = {
  flags: 0,
  streamId: 0,
  ptsDelta: 1,
  sizeMul: 1,
  sizeLsb: 3,
  reservedCount: 0,
  headerIdx: 0,
};

function stream(lastPts: number, msbPtsShift = 3): NutStream {
  const timeBase = { num: 1, den: 1000 };
  const header = { streamId: 0, mediaClass: "video", fourcc: "H264", extradata: new Uint8Array(0) } as const;
  return { header: { ...header, timeBase, msbPtsShift, maxPtsDistance: 1000, decodeDelay: 0 }, lastPts };
}

/** A frame header by this one frame code, 0, of a stream that is at this pts. */
function read(hex: string, code: Partial<FrameCode> = {}, of = stream(100)) {
  const data = bytes(hex);
  const main: MainHeader = {
    streamCount: 1,
    maxDistance: 65_536,
    timeBases: [{ num: 1, den: 1000 }],
    frameCodes: [{ ...plain, ...code }],
    elisionHeaders: [bytes(""), bytes("0901")],
    isBroadcast: false,
    isPipe: false,
  };
  return readFrameHeader(new NutReader(data, 0), data, main, new Map([[0, of]]));
}

describe("a frame header", () => {
  test("of one byte has all of its frame code", () => {
    expect(read("00")).toEqual({
      stream: stream(100),
      pts: 101,
      isKey: false,
      hasSideData: false,
      elided: bytes(""),
      codedBytes: 3,
      hasChecksum: false,
    });
  });

  test.each([
    [4, 0, 3, 3],
    [4, 5, 3, 23],
    [1, 5, 0, 5],
  ])("has a size of %d * %d + %d: %d", (sizeMul, msb, sizeLsb, codedBytes) => {
    const code = { flags: FrameFlag.sizeMsb, sizeMul, sizeLsb };
    expect(read(`00 0${msb}`, code)).toMatchObject({ codedBytes });
  });

  test.each<[number, number, number]>([
    [100, 0, 104],
    [100, 1, 97],
    [100, 4, 100],
    [100, 7, 103],
    [3, 0, 0],
    [3, 7, 7],
  ])("behind pts %d has by the three lowest bits %d the nearest pts %d", (lastPts, lowBits, pts) => {
    expect(read(`00 0${lowBits}`, { flags: FrameFlag.codedPts }, stream(lastPts))).toMatchObject({ pts });
  });

  test("has a whole pts from the range of its lowest bits on", () => {
    expect(read("00 08", { flags: FrameFlag.codedPts })).toMatchObject({ pts: 0 });
    expect(read("00 8108", { flags: FrameFlag.codedPts })).toMatchObject({ pts: 128 });
  });

  test("has no pts below 0", () => {
    expect(read("00", { ptsDelta: -100 })).toMatchObject({ pts: 0 });
    expect(() => read("00", { ptsDelta: -101 })).toThrow("expected a pts of 0 to 2^53, got -1");
  });

  test("has as many bytes as are left off in front, or more", () => {
    expect(read("00", { headerIdx: 1, sizeLsb: 2 })).toMatchObject({ codedBytes: 0, elided: bytes("0901") });
    expect(() => read("00", { headerIdx: 1, sizeLsb: 1 })).toThrow(
      "expected a frame of 2 bytes or more, got 1",
    );
    expect(() => read("00", { headerIdx: 2 })).toThrow("expected a known elision header, got 2");
  });

  test("says of a false checksum what it is in eight digits", () => {
    const flags = FrameFlag.checksum;
    const sum = nutChecksum(bytes("00")).toString(16).padStart(8, "0");
    expect(read(`00 ${sum}`, { flags })).toMatchObject({ hasChecksum: true });
    expect(() => read("00 0000000a", { flags })).toThrow(
      new CorruptInputError("NUT stream, byte 5: expected frame header checksum 00000000, got 0000000a"),
    );
  });

  test("changes the flags of its code by those that are coded", () => {
    const flags = FrameFlag.codedFlags | FrameFlag.key;
    expect(read("00 00", { flags })).toMatchObject({ isKey: true, hasSideData: false });
    expect(read("00 8201", { flags })).toMatchObject({ isKey: false, hasSideData: true });
  });

  test("is not read before its end has come", () => {
    const flags = FrameFlag.codedPts | FrameFlag.reserved | FrameFlag.checksum;
    const front = "00 8800 02 05 8106";
    const whole = `${front} ${nutChecksum(bytes(front)).toString(16).padStart(8, "0")}`;
    const data = bytes(whole);
    expect(read(whole, { flags })).toMatchObject({ pts: 1016, hasChecksum: true });
    for (let end = 0; end < data.length; end++)
      expect(read(Buffer.from(data.subarray(0, end)).toString("hex"), { flags })).toBeNull();
  });

  test.each([
    ["a code that is none", "01", {}, "a frame code, got 1"],
    ["an invalid code", "00", { flags: FrameFlag.invalid }, "a frame code, got 0"],
    ["another stream", "00", { streamId: 1 }, "a frame of a stream with a header, got stream 1"],
  ])("of %s is refused", (_, hex, code, message) => {
    expect(() => read(hex, code)).toThrow(`expected ${message}`);
  });
});
