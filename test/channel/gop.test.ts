import { describe, expect, it } from "vitest";
import { Gop } from "../../src/channel/gop.ts";
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
