import { describe, expect, it } from "vitest";
import { again, Gop } from "../../src/channel/gop.ts";
import type { VideoFrame } from "../../src/media/packet.ts";

function picture(isKey: boolean, bytes = 1): VideoFrame {
  return {
    kind: "video-frame",
    codec: "h264",
    isKey,
    decodeTimeUs: 0,
    presentationTimeUs: 0,
    units: [new Uint8Array(bytes)],
  };
}

describe("what the next picture builds on", () => {
  it("is the last key picture and all since", () => {
    const gop = new Gop();
    const pictures = [picture(true), picture(false), picture(true), picture(false), picture(false)];
    for (const one of pictures) gop.add(one);
    expect(gop.pictures).toEqual(pictures.slice(2));
  });

  it.each([
    [16 * 1024 * 1024 - 1, 2],
    [16 * 1024 * 1024, 0],
  ])("is kept up to 16 MiB: of a byte and %i more, %i pictures", (bytes, pictures) => {
    const gop = new Gop();
    for (const one of [picture(true), picture(false, bytes)]) gop.add(one);
    expect(gop.pictures).toHaveLength(pictures);
  });

  it("is not known before the first key picture, or after another source began", () => {
    const gop = new Gop();
    gop.add(picture(false));
    expect(gop.pictures).toEqual([]);
    gop.add(picture(true));
    gop.break();
    gop.add(picture(false));
    expect(gop.pictures).toEqual([]);
  });

  it.each([
    ["pictures", 301, 1],
    ["bytes", 5, 4 * 1024 * 1024],
  ])("is given up whole at too many %s, until the next key picture", (_, count, bytes) => {
    const gop = new Gop();
    for (let n = 0; n < count; n++) gop.add(picture(n === 0, bytes));
    expect(gop.pictures).toEqual([]);
    gop.add(picture(false));
    expect(gop.pictures).toEqual([]);
    gop.add(picture(true));
    expect(gop.pictures).toHaveLength(1);
  });
});

describe("the pictures once more, before what builds on them", () => {
  /** Shown and decoded, in frames of 40 ms: I P B B P, the last of which is yet to be shown when the next one comes. */
  const coded = [
    [1, 0],
    [4, 1],
    [2, 2],
    [3, 3],
    [7, 4],
  ].map(([shown = 0, decoded = 0]) => ({
    ...picture(decoded === 0),
    ...{ decodeTimeUs: decoded * 40_000, presentationTimeUs: shown * 40_000 },
  }));

  it("are decoded a millisecond apart, and shown in their order", () => {
    const times = again(coded, 200_000, 0).map((one) => [one.presentationTimeUs, one.decodeTimeUs]);
    expect(times).toEqual([
      [195_000, 194_000],
      [198_000, 195_000],
      [196_000, 196_000],
      [197_000, 197_000],
      [280_000, 198_000],
    ]);
  });

  it("without B-frames are shown when they are decoded", () => {
    const plain = [0, 1, 2].map((at) => ({
      ...picture(at === 0),
      ...{ decodeTimeUs: at * 40_000, presentationTimeUs: at * 40_000 },
    }));
    const times = again(plain, 120_000, 0).map((one) => [one.presentationTimeUs, one.decodeTimeUs]);
    expect(times.flat()).toEqual([117_000, 117_000, 118_000, 118_000, 119_000, 119_000]);
  });
});
