import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { type AccessUnit, AccessUnitSplitter } from "../../../src/media/nal/access-unit.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import { bytes, fixture, hex, inPieces, isResultOrCorrupt, md5, probe } from "../fixture.ts";

function split(data: Uint8Array, sizes: readonly number[] = [data.length], maxBytes?: number): AccessUnit[] {
  const splitter = new AccessUnitSplitter(maxBytes);
  const units: AccessUnit[] = [];
  for (const piece of inPieces(data, sizes)) units.push(...splitter.push(piece));
  return [...units, ...splitter.end()];
}

function told(units: readonly AccessUnit[]): string[] {
  return units.map(({ data, offset, endOffset }) => `${offset}-${endOffset} ${data && md5(data)}`);
}

const NAMES = ["baseline.h264", "main-slices.h264", "interlaced.h264", "high444.h264", "high422.h264"];

/** A stream that begins with so many bytes of something else. */
const begunBy = (frontBytes: number) =>
  Buffer.concat([new Uint8Array(frontBytes).fill(0x55), bytes("00000001 65b880")]);

describe("which codec a stream is", () => {
  test.each([
    ["hevc", "a VPS", "4001 0c01"],
    ["hevc", "a delimiter", "4601 50"],
    ["hevc", "an SPS", "4201 01"],
    ["hevc", "an SEI", "4e01 05"],
    ["hevc", "an IDR picture", "2601 ad"],
    ["hevc", "a CRA picture", "2a01 ad"],
    ["hevc", "any picture", "0201 d0"],
    ["h264", "a delimiter", "09f0"],
    ["h264", "an SPS", "6742 00"],
    ["h264", "an SEI with the picture's timing", "0601 05"],
    ["h264", "an IDR picture", "65b8 00"],
    ["h264", "a slice far down in its picture", "4101 00"],
  ])("is told by its first unit: %s, %s", (codec, _, unit) => {
    for (const sizes of [[100], [1]]) {
      const splitter = new AccessUnitSplitter();
      expect(splitter.codec).toBe(null);
      for (const piece of inPieces(bytes(`00000001 ${unit}`), sizes)) splitter.push(piece);
      expect(splitter.codec).toBe(codec);
    }
  });
});

describe("a bare H.265 stream", () => {
  /** What ffmpeg writes into a pipe for an encoder: access units of Annex B. */
  const units = new NutDemuxer()
    .push(fixture("hevc-5.1.nut"))
    .flatMap((event) => (event.kind === "frame" ? [event.data] : []));

  test.each([[[100_000]], [[1]], [[2, 3]], [[1000]]])(
    "is cut into its access units in pieces of %j",
    (sizes) => {
      expect(units.length).toBeGreaterThan(5);
      const found = split(Buffer.concat(units), sizes);
      expect(found.map(({ data }) => data && md5(data))).toEqual(units.map(md5));
    },
  );

  test.each([
    ["a delimiter", "4601 50"],
    ["a VPS", "4001 0c"],
    ["an SPS", "4201 01"],
    ["a PPS", "4401 c0"],
    ["a prefix SEI", "4e01 05"],
    ["a unit of reserved type 41", "5201 00"],
    ["a unit of unspecified type 48", "6001 00"],
    ["a first slice", "0201 d0"],
  ])("ends its picture before %s", (_, next) => {
    const picture = "000001 2601 ad 000001 2601 20"; // two slices
    const [first] = split(bytes(`${picture} 000001 ${next} 000001 0201 d0`));
    expect(hex(first?.data ?? bytes(""))).toBe(hex(bytes(picture)));
  });

  test.each([
    ["a further slice", "0201 50"],
    ["a suffix SEI", "5001 05"],
    ["filler", "4c01 ff"],
    ["the end of the sequence", "4801"],
  ])("goes on with its picture at %s", (_, next) => {
    expect(split(bytes(`000001 2601 ad 000001 ${next}`))).toHaveLength(1);
  });
});

describe("a bare H.264 stream", () => {
  test.each(NAMES)("of %s is cut into the access units of ffmpeg's own parser", (name) => {
    expect(split(fixture(name)).map(({ data }) => data && md5(data))).toEqual(
      probe(name).packets.map(({ data_hash }) => data_hash),
    );
  });

  test("is the same however it is cut in two", () => {
    const data = fixture("main-slices.h264").subarray(0, 4500);
    const whole = told(split(data)).join("\n");
    for (let cut = 0; cut < data.length; cut++) {
      const splitter = new AccessUnitSplitter();
      const units = [
        ...splitter.push(data.subarray(0, cut)),
        ...splitter.push(data.subarray(cut)),
        ...splitter.end(),
      ];
      expect(told(units).join("\n"), `cut at ${cut}`).toBe(whole);
    }
  });

  test.each([[[1]], [[2, 3]], [[4]], [[1000]]])("is the same in pieces of %j bytes", (sizes) => {
    const data = fixture("main-slices.h264");
    expect(told(split(data, sizes))).toEqual(told(split(data)));
  });

  test("lies in it without a gap, so that each unit can be timed by its first byte", () => {
    let expected = 0;
    const data = fixture("baseline.h264");
    for (const { data: unit, offset, endOffset } of split(data, [777])) {
      expect(offset).toBe(expected);
      expect(unit && hex(unit)).toBe(hex(data.subarray(offset, endOffset)));
      expected = endOffset;
    }
    expect(expected).toBe(data.length);
  });

  test.each([
    ["a delimiter", "00000109f0"],
    ["an SPS", "0000016742"],
    ["a PPS", "00000168ce"],
    ["an SEI", "0000010605"],
    ["a prefix unit", "0000016e00"],
    ["a slice with first_mb_in_slice 0", "000001419a"],
  ])("ends its picture before %s", (_, next) => {
    const picture = "000001 65b8 000001 6540b8"; // two slices
    const units = split(bytes(`${picture} ${next} 000001 419a80`));
    expect(hex(units[0]?.data ?? bytes(""))).toBe(hex(bytes(picture)));
  });

  test.each([
    ["a further slice", "000001414080"],
    ["partition B", "0000014380"],
    ["filler", "0000010cff80"],
    ["the end of the sequence", "0000010a"],
    ["an auxiliary slice", "0000015388"],
  ])("goes on with its picture at %s", (_, next) => {
    expect(split(bytes(`000001 65b8 ${next}`))).toHaveLength(1);
  });

  test("begins where its first start code is", () => {
    const [unit] = split(bytes("aabb 0000000165b880"));
    expect(unit).toMatchObject({ offset: 2, endOffset: 9 });
  });

  test("of no bytes is no unit", () => {
    expect(split(bytes(""))).toEqual([]);
  });

  test.each([
    [
      "no start code",
      "47400010 00b00d00",
      /^not raw H.264 or H.265 \(Annex B\): expected a start code 000001, got an MPEG transport stream$/,
    ],
    ["MPEG program streams", "000001ba 4400", /forbidden_zero_bit is set.*got an MPEG program stream$/],
    ["MP4", "00000020 66747970 69736f6d", /got MP4$/],
    ["a layer of H.265 on its own", "00000001 4009 0c01", /nal_unit_type 0 is not H.264's/],
  ])("that is %s is refused", (_, stream, message) => {
    expect(() => split(bytes(stream))).toThrow(CorruptInputError);
    expect(() => split(bytes(stream))).toThrow(message);
    expect(() => split(bytes(stream), [1])).toThrow(message);
  });

  test("without a start code is given up after 64 KiB, not gathered for ever", () => {
    const splitter = new AccessUnitSplitter();
    const rubbish = new Uint8Array(32 * 1024).fill(0x55);
    splitter.push(rubbish);
    splitter.push(rubbish);
    expect(() => splitter.push(rubbish)).toThrow(/first 65536 bytes, got text$/);
  });

  test.each([[[65_543]], [[1000]], [[65_536, 1]], [[65_537, 1]], [[65_538, 1]], [[65_540, 1]], [[65_542]]])(
    "may begin with 64 KiB of something else, and not with a byte more, in pieces of %j",
    (sizes) => {
      expect(split(begunBy(65_536), sizes)).toHaveLength(1);
      expect(() => split(begunBy(65_537), sizes)).toThrow("in the first 65536 bytes");
    },
  );

  test("has access units of more than 64 KiB, in pieces and whole", () => {
    const data = Buffer.concat([
      bytes("000001 65b8"),
      new Uint8Array(70_000).fill(0x55),
      bytes("000001 419a80"),
    ]);
    for (const size of [data.length, 1000])
      expect(split(data, [size]).map((unit) => unit.data?.length)).toEqual([70_005, 6]);
  });

  test("goes on behind an access unit that is too long, of which nothing is kept, however it is cut", () => {
    const data = bytes(`000001 65b880 000001 419a ${"55".repeat(200)} 00000001 09f0 000001 419a80`);
    const [first, long, last] = ["000001 65b880", null, "00000001 09f0 000001 419a80"];
    for (const sizes of [[data.length], [1], [2], [3], [4], [5], [6], [7], [50, 1]]) {
      const units = split(data, sizes, 100).map((unit) => unit.data && hex(unit.data));
      expect(units).toEqual([first, long, last].map((unit) => unit && hex(bytes(unit))));
    }
  });

  test("keeps an access unit of just so many bytes, wherever it stands, and nothing of one more", () => {
    const [whole, long] = ["000001 419a 55555555 80", "000001 419a 5555555555 80"];
    const stream = [whole, whole, long, whole, whole];
    const lengths = split(bytes(stream.join("")), undefined, 10).map(({ data }) => data?.length ?? null);
    expect(lengths).toEqual([10, 10, null, 10, 10]);
  });

  test.each([1, 2, 3, 7, 12, 13, 14, 60])("keeps units of just its limit, in pieces of %d bytes", (size) => {
    const unit = "000001 419a5555555580";
    const data = bytes(unit.repeat(4));
    const splitter = new AccessUnitSplitter(10);
    const units = [];
    for (let at = 0; at < data.length; at += size) units.push(...splitter.push(data.subarray(at, at + size)));
    units.push(...splitter.end());
    expect(units.map((one) => one.data && Buffer.compare(one.data, bytes(unit)))).toEqual([0, 0, 0, 0]);
  });

  test("says where its unfinished access unit begins", () => {
    const splitter = new AccessUnitSplitter();
    splitter.push(bytes("000001 65b880 000001 419a80 55"));
    expect(splitter.unfinishedOffset).toBe(6);
  });

  test("is units or corrupt input, whatever comes", () => {
    const lively = fc.array(fc.constantFrom("000001", "00", "65b8", "419a", "09f0", "6742", "ff", "80"), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        lively,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (parts, sizes) => {
          const data = bytes(parts.join(""));
          expect(isResultOrCorrupt(() => expect(told(split(data, sizes))).toEqual(told(split(data))))).toBe(
            true,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
