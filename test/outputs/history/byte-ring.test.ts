import { describe, expect, it } from "vitest";
import { ByteRing } from "../../../src/outputs/history/byte-ring.ts";

const numbered = (length: number, seed: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (seed + at * 7) % 256));

describe("a ring of bytes", () => {
  it("gives back what was appended, across its blocks, as long as it is not forgotten", () => {
    const ring = new ByteRing();
    const all: { readonly bytes: Buffer; readonly start: number; readonly end: number }[] = [];
    for (let seed = 0; seed < 200; seed += 1) {
      const bytes = numbered(1 + ((seed * 7919) % 150_000), seed);
      const start = ring.end;
      ring.append(bytes);
      all.push({ bytes, start, end: ring.end });
      if (all.length > 6) all.shift();
      ring.forgetBefore(all[0]?.start ?? 0);
      const wrong = all.filter((one) => !Buffer.concat(ring.views(one.start, one.end)).equals(one.bytes));
      expect(wrong).toEqual([]);
    }
  });

  it("writes over what is forgotten, but not over what somebody has", () => {
    const ring = new ByteRing();
    const block = 65_536;
    const append = (seed: number) => {
      ring.append(Buffer.alloc(block, seed));
      ring.forgetBefore(ring.end - block);
    };
    append(1);
    const [lent] = ring.views(0, block);
    append(2);
    append(3);
    append(4);
    const reused = ring.views(ring.end - block, ring.end)[0];
    expect(lent?.every((byte) => byte === 1)).toBe(true);
    expect(reused?.every((byte) => byte === 4)).toBe(true);
  });

  it("has nothing of what is forgotten", () => {
    const ring = new ByteRing();
    ring.append(Buffer.alloc(200_000));
    ring.forgetBefore(100_000);
    expect(() => ring.views(0, 10)).toThrow("the bytes from 0 on are forgotten");
    ring.clear();
    expect(ring.end).toBe(0);
  });
});
