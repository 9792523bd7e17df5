import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { isSlice, nalUnitType } from "../../../src/media/h264/nal-unit.ts";
import { PictureOrder } from "../../../src/media/h264/picture-order.ts";
import { parseSps, type Sps } from "../../../src/media/h264/sps.ts";
import { bytes, fixture, isResultOrCorrupt } from "../fixture.ts";

/** Of a raw stream, its slices and their SPS. */
function slicesOf(name: string): { slices: Uint8Array[]; sps: Sps } {
  const units = splitAnnexB(fixture(name));
  const spsUnit = units.find(([header = 0]) => nalUnitType(header) === 7) ?? bytes("");
  return { slices: units.filter(([header = 0]) => isSlice(nalUnitType(header))), sps: parseSps(spsUnit) };
}

const { sps: recorded } = slicesOf("main-slices.h264");
/** frame_num and pic_order_cnt_lsb of four bits, whole frames. */
const sps: Sps = {
  ...recorded,
  ...{ log2MaxFrameNum: 4, picOrderCntType: 0, log2MaxPicOrderCntLsb: 4, isInterlaced: false },
};

/** The front of a slice: first_mb_in_slice 0, slice_type (P 0, B 1, I 2), PPS 0, frame_num 0, of IDR idr_pic_id 0, then the count. */
function slice(type: "I" | "P" | "B", lsb: number): Uint8Array {
  const isIdr = type === "I";
  const bits =
    `1${{ P: "1", B: "010", I: "011" }[type]}1` +
    `0000${isIdr ? "1" : ""}${lsb.toString(2).padStart(4, "0")}1`;
  return Uint8Array.of(
    isIdr ? 0x65 : 0x41,
    ...(bits.padEnd(32, "0").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
  );
}

function seen(...pictures: readonly (readonly ["I" | "P" | "B", number])[]): boolean[] {
  const order = new PictureOrder();
  return pictures.map(([type, lsb]) => order.isReordered(slice(type, lsb), sps));
}

describe("pictures that say themselves in which order they are shown", () => {
  test.each(["main-slices", "baseline", "interlaced", "high444", "high422"])(
    "of %s are shown as they are coded",
    (name) => {
      const { slices, sps: its } = slicesOf(`${name}.h264`);
      const order = new PictureOrder();
      expect(slices.some((one) => order.isReordered(one, its))).toBe(false);
    },
  );

  test("are reordered from the first B picture on that is shown before one coded earlier", () => {
    expect(seen(["I", 0], ["P", 4], ["B", 2])).toEqual([false, false, true]);
  });

  test("are in order though B pictures are among them, or the count wraps, or goes back without one", () => {
    expect(seen(["I", 0], ["B", 2], ["B", 4], ["P", 6])).not.toContain(true);
    const wrapping = Array.from({ length: 40 }, (_, n) => ["B", (n * 2) % 16] as const);
    expect(seen(["I", 0], ...wrapping.slice(1))).not.toContain(true);
    expect(seen(["I", 0], ["P", 6], ["P", 2])).not.toContain(true);
    expect(seen(["I", 0], ["P", 6], ["I", 0], ["B", 2])).not.toContain(true);
  });

  test("later it takes three between two IDR pictures: one may be damaged", () => {
    const before = [
      ["I", 0] as const,
      ...Array.from({ length: 63 }, (_, n) => ["P", ((n + 1) * 2) % 16] as const),
    ];
    const [end, group] = [
      seen(...before, ["I", 0], ["P", 6], ["B", 2]),
      [
        ["P", 6],
        ["B", 2],
        ["B", 4],
        ["B", 2],
      ] as const,
    ];
    expect(end).not.toContain(true);
    expect(seen(...before, ["I", 0], ...group).slice(-2)).toEqual([false, true]);
  });

  test("without such counts are taken to be in order", () => {
    const order = new PictureOrder();
    const other = { ...sps, picOrderCntType: 2 };
    expect([slice("I", 0), slice("P", 8), slice("B", 2)].some((one) => order.isReordered(one, other))).toBe(
      false,
    );
  });

  test("are read past fields and colour planes", () => {
    const { slices, sps: its } = slicesOf("interlaced.h264");
    expect(its).toMatchObject({ isInterlaced: true, picOrderCntType: 0 });
    const order = new PictureOrder();
    const planes = { ...its, hasSeparateColourPlanes: true };
    expect(() => slices.forEach((one) => order.isReordered(one, planes))).not.toThrow();
  });

  test("of any bytes are a result or corrupt", () => {
    const order = new PictureOrder();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
        expect(isResultOrCorrupt(() => order.isReordered(Uint8Array.of(0x41, ...data), sps))).toBe(true);
      }),
    );
  });
});
