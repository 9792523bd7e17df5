import { describe, expect, it } from "vitest";
import { Chain } from "../../src/channel/gop.ts";
import type { VideoFrame } from "../../src/media/packet.ts";

function picture(isKey: boolean, bytes = 1): VideoFrame {
  return { kind: "video-frame", codec: "h264", isKey, timeUs: 0, nalUnits: [new Uint8Array(bytes)] };
}

describe("what the next picture builds on", () => {
  it("is the last key picture and all since", () => {
    const chain = new Chain();
    const pictures = [picture(true), picture(false), picture(true), picture(false), picture(false)];
    for (const one of pictures) chain.add(one);
    expect(chain.pictures).toEqual(pictures.slice(2));
  });

  it("is not known before the first key picture, or after another source began", () => {
    const chain = new Chain();
    chain.add(picture(false));
    expect(chain.pictures).toEqual([]);
    chain.add(picture(true));
    chain.break();
    chain.add(picture(false));
    expect(chain.pictures).toEqual([]);
  });

  it.each([
    ["pictures", 301, 1],
    ["bytes", 5, 4 * 1024 * 1024],
  ])("is given up whole at too many %s, until the next key picture", (_, count, bytes) => {
    const chain = new Chain();
    for (let n = 0; n < count; n++) chain.add(picture(n === 0, bytes));
    expect(chain.pictures).toEqual([]);
    chain.add(picture(false));
    expect(chain.pictures).toEqual([]);
    chain.add(picture(true));
    expect(chain.pictures).toHaveLength(1);
  });
});
