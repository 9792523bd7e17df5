import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { parseSps } from "../../../src/media/hevc/sps.ts";
import { packed, u, ue } from "../bits.ts";
import { isResultOrCorrupt } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

const HEADER = u(16, 0x4201);
/** profile 1, level 93, without sub-layers */
const GENERAL = "00 0 00001" + u(32, 0x6000_0000) + u(32, 0x9000_0000) + u(16, 0) + u(8, 93);

interface Fields {
  readonly subLayers?: string;
  readonly maxSubLayersMinus1?: number;
  readonly chroma?: string;
  readonly window?: string;
  readonly ordering?: string;
}

/** An SPS of 64x48 coded samples. */
function sps({
  subLayers = "",
  maxSubLayersMinus1 = 0,
  chroma = ue(1),
  window = "0",
  ordering = "1" + ue(4) + ue(2) + ue(0),
}: Fields): Uint8Array {
  const front = u(4, 3) + u(3, maxSubLayersMinus1) + "1" + GENERAL + subLayers + ue(5);
  const size = chroma + ue(64) + ue(48) + window;
  return packed(HEADER, front, size, ue(0), ue(2), ue(4), ordering, "1");
}

const WINDOW = "1" + ue(1) + ue(2) + ue(3) + ue(4);

describe("an SPS of H.265", () => {
  test("says what a container asks for", () => {
    expect(parseSps(sps({}))).toEqual({
      ...{ vpsId: 3, id: 5, subLayers: 1, isTemporalIdNested: true, chromaFormatIdc: 1 },
      ...{ bitDepthLuma: 8, bitDepthChroma: 10, width: 64, height: 48, maxReorderPics: 2 },
      profileTierLevel: packed(GENERAL),
    });
  });

  test.each([
    ["monochrome", ue(0), 61, 41],
    ["4:2:0", ue(1), 58, 34],
    ["4:2:2", ue(2), 58, 41],
    ["4:4:4", ue(3) + "0", 61, 41],
    ["4:4:4 in separate planes", ue(3) + "1", 61, 41],
  ])("is cropped by its conformance window in units of %s", (_, chroma, width, height) => {
    expect(parseSps(sps({ chroma, window: WINDOW }))).toMatchObject({ width, height });
  });

  test("has the reorder depth of its highest sub-layer, whatever the others have of profile and level", () => {
    const subLayers = "10 11 00" + "00".repeat(5) + "0".repeat(88) + "1".repeat(88) + u(8, 90);
    const ordering = "1" + [1, 2, 3, 4].map((depth) => ue(6) + ue(depth) + ue(0)).join("");
    const all = parseSps(sps({ maxSubLayersMinus1: 3, subLayers, ordering }));
    expect(all).toMatchObject({ subLayers: 4, id: 5, maxReorderPics: 4 });
    const one = parseSps(sps({ maxSubLayersMinus1: 3, subLayers, ordering: "0" + ue(6) + ue(3) + ue(0) }));
    expect(one.maxReorderPics).toBe(3);
  });

  test.each([
    ["seven sub-layers too many", sps({ maxSubLayersMinus1: 7 })],
    ["an unknown chroma format", sps({ chroma: ue(4) })],
    ["cropping of everything", sps({ window: "1" + ue(32) + ue(0) + ue(0) + ue(0) })],
    ["another unit", packed(u(16, 0x4401))],
  ])("with %s is corrupt", (_, unit) => {
    expect(() => parseSps(unit)).toThrow(CorruptInputError);
  });

  test.each(["hevc-5.1.nut", "hevc-7.1.nut"])(
    "of %s, cut short anywhere before the coding tools, is corrupt",
    (name) => {
      const [, unit = new Uint8Array()] = splitAnnexB(recorded(name).extradata, "H.265");
      const whole = JSON.stringify(parseSps(unit));
      let enough = unit.length;
      while (isResultOrCorrupt(() => parseSps(unit.subarray(0, enough))) && reads(unit, enough)) enough--;
      expect(enough).toBeGreaterThan(20);
      for (let end = 0; end <= enough; end++)
        expect(() => parseSps(unit.subarray(0, end))).toThrow(CorruptInputError);
      expect(JSON.stringify(parseSps(unit.subarray(0, enough + 1)))).toBe(whole);
    },
  );

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        expect(isResultOrCorrupt(() => parseSps(Uint8Array.of(0x42, 1, ...data)))).toBe(true);
      }),
    );
  });
});

function reads(unit: Uint8Array, end: number): boolean {
  try {
    parseSps(unit.subarray(0, end));
    return true;
  } catch {
    return false;
  }
}
