import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import {
  type MainHeader,
  readMainHeader,
  readStreamHeader,
  readSyncpoint,
  rescale,
  type StreamHeader,
} from "../../../src/media/nut/header.ts";
import { NutReader } from "../../../src/media/nut/reader.ts";
import { bytes } from "../fixture.ts";

const reading = (...fields: readonly string[]) => new NutReader(bytes(fields.join("")), 0);

/** The fields of a main header in their order, version 3: two streams, one time base, and one run of 255 frame codes. */
const fields = {
  version: "03",
  streams: "02",
  maxDistance: "8100", // 128
  timeBases: "01 01 8768",
  codes: "00 06 00 01 00 00 00 817f",
  elision: "00",
  flags: "",
};
const main = (changes: Partial<typeof fields> = {}) =>
  readMainHeader(reading(...Object.values({ ...fields, ...changes })));

const v4 = (flags: string) => ({ version: "04 00", flags });
const empty = { flags: 0, streamId: 0, ptsDelta: 0, sizeMul: 1, sizeLsb: 0, reservedCount: 0, headerIdx: 0 };
const invalid = { ...empty, flags: 8192 };

describe("a main header", () => {
  test("has its fields, and no frame code that begins like a startcode", () => {
    const header = main();
    expect(header).toMatchObject({
      streamCount: 2,
      maxDistance: 128,
      timeBases: [{ num: 1, den: 1000 }],
      elisionHeaders: [new Uint8Array(0)],
      isBroadcast: false,
      isPipe: false,
    });
    expect(header.frameCodes).toHaveLength(256);
    expect(header.frameCodes.flatMap(({ flags }, code) => (flags === 8192 ? [code] : []))).toEqual([0x4e]);
  });

  test.each<[string, Partial<typeof fields>, Partial<MainHeader>]>([
    ["version 4", v4("00"), { isBroadcast: false, isPipe: false }],
    ["BROADCAST_MODE", v4("01"), { isBroadcast: true, isPipe: false }],
    ["PIPE_MODE", v4("02"), { isBroadcast: false, isPipe: true }],
    ["256 streams", { streams: "8200" }, { streamCount: 256 }],
    ["a distance above 64 KiB", { maxDistance: "848001" }, { maxDistance: 65_536 }],
    ["elision headers", { elision: "02 01aa 00" }, { elisionHeaders: [bytes(""), bytes("aa"), bytes("")] }],
    [
      "time bases of up to 2^31 - 1",
      { timeBases: "01 87ffffff7f 01" },
      { timeBases: [{ num: 0x7fff_ffff, den: 1 }] },
    ],
  ])("of %s is read", (_, changes, expected) => {
    expect(main(changes)).toMatchObject(expected);
  });

  test.each<[string, Partial<typeof fields>, string]>([
    ["version 5", { version: "05 00" }, "version of 3 to 4, got 5"],
    ["no streams", { streams: "00" }, "stream_count of 1 to 256, got 0"],
    ["257 streams", { streams: "8201" }, "stream_count of 1 to 256, got 257"],
    ["no time base", { timeBases: "00" }, "time_base_count of 1 to 256, got 0"],
    ["257 time bases", { timeBases: "8201" }, "time_base_count of 1 to 256, got 257"],
    ["a time base of 0", { timeBases: "01 00 01" }, "time_base_num of 1 to 2147483647, got 0"],
    [
      "a time base of 2^31",
      { timeBases: "01 8880808000 01" },
      "time_base_num of 1 to 2147483647, got 2147483648",
    ],
    ["128 elision headers", { elision: "8100" }, "header_count_minus1 of 0 to 127, got 128"],
    ["a frame code of stream 2", { codes: "00 03 00 01 02" }, "stream_id of a frame code of 0 to 1, got 2"],
    [
      "an end in its frame codes",
      { codes: "00 06 00", elision: "" },
      "the rest of the frame code table, got its end",
    ],
    ["an end before its elision headers", { elision: "" }, "the rest of the main header, got its end"],
    ["an end in its elision headers", { elision: "01 02aa" }, "the rest of the main header, got its end"],
    ["an end before its flags", v4(""), "the rest of the main header, got its end"],
  ])("of %s is refused", (_, changes, message) => {
    expect(() => main(changes)).toThrow(CorruptInputError);
    expect(() => main(changes)).toThrow(`expected ${message}`);
  });
});

const codes = (table: string) => main({ codes: table }).frameCodes;
/** The codes that are left, marked by their flags: 4096. */
const rest = (count: string) => `a000 06 00 01 00 00 00 ${count}`;

describe("a table of frame codes", () => {
  test("keeps the fields that a run leaves out, but not size, reserved and count", () => {
    const [first, second, third] = codes(`01 08 05 02 01 01 03 01 00 07  02 00  ${rest("817c")}`);
    const kept = { streamId: 1, ptsDelta: 3, sizeMul: 2, headerIdx: 7 };
    expect(first).toEqual({ ...kept, flags: 1, sizeLsb: 1, reservedCount: 3 });
    expect(second).toEqual({ ...kept, flags: 2, sizeLsb: 0, reservedCount: 0 });
    expect(third).toEqual({ ...kept, flags: 2, sizeLsb: 1, reservedCount: 0 });
  });

  test("counts sizes up within a run, whose length is that of the sizes where it is not said", () => {
    const table = codes(`00 04 00 0a 00 04  ${rest("8179")}`);
    expect(table.slice(0, 6).map(({ sizeLsb }) => sizeLsb)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(table[6]).toMatchObject({ flags: 4096, sizeLsb: 0 });
  });

  test("reads over what later versions put behind a run, of any size", () => {
    const run = "00 0a 01 01 00 00 00 01 bfffffffffffffffff7e 00 bfffffffffffffffff7e 05";
    const table = codes(`${run}  ${rest("817e")}`);
    expect(table[0]).toEqual({ ...empty, ptsDelta: 1, headerIdx: 0 });
    expect(table[1]).toMatchObject({ flags: 4096, sizeMul: 1, streamId: 0 });
  });

  test("has the code of startcodes left out, before, within and behind a run", () => {
    for (const [first, left] of [
      ["4d", "8132"], // 77 and 178
      ["4e", "8131"],
      ["4f", "8130"],
    ] as const) {
      const table = codes(`00 06 00 01 00 00 00 ${first}  ${rest(left)}`);
      expect(table).toHaveLength(256);
      expect(table[0x4e]).toEqual(invalid);
      expect(table.filter(({ flags }) => flags === 0)).toHaveLength(Number.parseInt(first, 16));
    }
  });

  test.each([
    ["no codes", "00 06 00 01 00 00 00 00", "a run of 1 to 255 frame codes, got 0"],
    ["256 codes", "00 06 00 01 00 00 00 8200", "a run of 1 to 255 frame codes, got 256"],
    ["no sizes", "00 04 00 01 00 01", "a run of 1 to 255 frame codes, got 0"],
    [
      "too many codes behind others",
      `00 06 00 01 00 00 00 01 ${rest("817f")}`,
      "a run of 1 to 254 frame codes, got 255",
    ],
    [
      "too many codes behind the left-out one",
      `00 06 00 01 00 00 00 4e ${rest("8132")}`,
      "a run of 1 to 177 frame codes, got 178",
    ],
  ])("of a run of %s is refused", (_, table, message) => {
    expect(() => codes(table)).toThrow(`expected ${message}`);
  });
});

describe("a stream header", () => {
  const header = main();
  const sound = { id: "01", class: "00", fourcc: "04 48323634", timeBase: "00", shift: "0f", distance: "64" };
  const read = (changes: Partial<typeof sound> = {}, end = "00 00 02 abcd") =>
    readStreamHeader(reading(...Object.values({ ...sound, ...changes }), end), header);

  test("has its fields", () => {
    expect(read()).toEqual({
      streamId: 1,
      mediaClass: "video",
      fourcc: "H264",
      extradata: bytes("abcd"),
      timeBase: { num: 1, den: 1000 },
      msbPtsShift: 15,
      maxPtsDistance: 100,
      decodeDelay: 0,
    });
  });

  test.each([
    ["00", "video"],
    ["01", "audio"],
    ["02", "other"],
    ["03", "other"],
  ])("of class %s is one of %s", (streamClass, mediaClass) => {
    expect(read({ class: streamClass }, "00 00 02 abcd 01 01 01").mediaClass).toBe(mediaClass);
  });

  test("of audio says its rate, 88200 / 2 Hz, and its channels", () => {
    expect(read({ class: "01" }, "00 00 00 85b108 02 06").sound).toEqual({
      sampleRateHz: 44_100,
      channels: 6,
    });
    expect(read({ class: "00" }, "00 00 00 85b108 02 06").sound).toBeUndefined();
  });

  test.each([
    ["stream 2 of two", { id: "02" }, undefined, "stream_id of 0 to 1, got 2"],
    ["time base 1 of one", { timeBase: "01" }, undefined, "time_base_id of 0 to 0, got 1"],
    ["msb_pts_shift 16", { shift: "10" }, undefined, "msb_pts_shift of 0 to 15, got 16"],
    ["an end before its private data", {}, "00 00", "the rest of the stream header, got its end"],
    ["an end before its rate", { class: "01" }, "00 00 00", "the rest of the stream header, got its end"],
    ["an end in its private data", {}, "00 00 02 ab", "the rest of the stream header, got its end"],
  ])("of %s is refused", (_, changes, end, message) => {
    expect(() => read(changes, end)).toThrow(`expected ${message}`);
  });
});

describe("a syncpoint", () => {
  const header = main({ timeBases: "02 01 8768 01 0a" });

  test.each([
    ["00", 0, 1000],
    ["01", 0, 10],
    ["07", 3, 10],
    ["08", 4, 1000],
  ])("of global_key_pts %s is at %d, by the time base of 1 in %d", (coded, ticks, den) => {
    expect(readSyncpoint(reading(coded, "00"), header)).toEqual({ ticks, timeBase: { num: 1, den } });
  });

  test("that ends early is refused", () => {
    expect(() => readSyncpoint(reading("00"), header)).toThrow(
      "expected the rest of the syncpoint, got its end",
    );
  });
});

test.each([
  [7, { num: 1, den: 1000 }, { num: 1, den: 1000 }, 7],
  [7, { num: 1, den: 10 }, { num: 1, den: 1000 }, 700],
  [1999, { num: 1, den: 1000 }, { num: 1, den: 1 }, 1],
  [3, { num: 2, den: 1 }, { num: 3, den: 1 }, 2],
  [2 ** 52, { num: 1, den: 90_000 }, { num: 1, den: 90_001 }, 4_503_649_667_366_355],
])("%d ticks of %j are in %j %d", (ticks, from, to, expected) => {
  expect(rescale(ticks, from, { timeBase: to } as StreamHeader)).toBe(expected); // it looks at nothing else
});
