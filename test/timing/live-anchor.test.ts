import { describe, expect, it } from "vitest";
import { LiveAnchor } from "../../src/timing/live-anchor.ts";

/** Where an anchor of 0 is after 25 frames a second for so long, each of which came so much later than it could. */
function after(seconds: number, lateUs: (n: number) => number): number {
  const anchor = new LiveAnchor(0);
  for (let n = 0; n <= seconds * 25; n++) anchor.follow(lateUs(n), n * 40_000);
  return anchor.offsetUs;
}

describe("a live input's anchor", () => {
  it("stays where frames come a little late, however long they do, and where they jitter", () => {
    expect(after(120, () => 5000)).toBe(0);
    expect(after(120, (n) => (n % 25 === 0 ? 0 : 300_000))).toBe(0);
  });

  it("stays for as long as frames may only be late by chance", () => {
    expect(after(1, () => 300_000)).toBe(0);
  });

  it("follows a source that has lost time for good, and no further than to its soonest frame", () => {
    expect(after(600, (n) => (n % 2 === 0 ? 300_000 : 400_000))).toBe(300_000);
  });

  it("follows a frame that comes sooner at once, and not all the way with one", () => {
    const anchor = new LiveAnchor(0);
    anchor.follow(-1e6, 0);
    expect(anchor.offsetUs).toBeLessThan(0);
    expect(anchor.offsetUs).toBeGreaterThan(-1e6);
  });
});
