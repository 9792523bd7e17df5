import { describe, expect, it } from "vitest";
import { epochClock, ForeignClockError, ownClock } from "../../src/codec/input-clock.ts";

const BASE_S = 1_700_000_000;
const NOW_US = (BASE_S + 1) * 1e6;

describe("the clock of a device that stamps wall-clock time", () => {
  it("is its stamps, counted from the base", () => {
    const clock = epochClock(BASE_S, () => NOW_US);
    expect(clock(1_000_000, 0)).toBe(NOW_US);
    expect(clock(1_040_000, 40_000)).toBe(NOW_US + 40_000);
  });

  it.each([
    ["a driver that counts from the machine's start", -BASE_S * 1e6 + 5e6],
    ["a driver that is a minute ahead", 61e6],
  ])("is not that of %s", (_, ptsUs) => {
    const clock = epochClock(BASE_S, () => NOW_US);
    for (let frame = 0; frame < 10; frame++) expect(clock(ptsUs, 0)).toBeNull();
    expect(() => clock(ptsUs, 0)).toThrow(ForeignClockError);
  });

  it("leaves out what a driver hands out of an earlier use", () => {
    const clock = epochClock(BASE_S, () => NOW_US);
    expect([-BASE_S * 1e6, -60e6, 1e6].map((ptsUs) => clock(ptsUs, 0))).toEqual([null, null, NOW_US]);
  });

  it("is held against the system's once: that may step, and the device goes on", () => {
    let nowUs = NOW_US;
    const clock = epochClock(BASE_S, () => nowUs);
    clock(1e6, 0);
    nowUs += 3600e6;
    expect(clock(1.04e6, 40_000)).toBe(NOW_US + 40_000);
  });

  it("leaves out the hour of silence that ffmpeg makes up when the clock is set an hour forward", () => {
    const clock = epochClock(BASE_S, () => NOW_US);
    const frameUs = (1024 * 1e6) / 48_000;
    let [ptsUs, arrivalUs] = [1e6, 0];
    const times: (number | null)[] = [];
    const push = (frames: number, elapsedUs: number) => {
      for (let n = 0; n < frames; n++) {
        ptsUs += frameUs;
        arrivalUs += elapsedUs;
        times.push(clock(ptsUs, arrivalUs));
      }
    };
    push(100, frameUs);
    push(168_750, 10);
    push(100, frameUs);
    const placed = times.filter((timeUs) => timeUs !== null);
    expect(placed.length).toBeGreaterThan(180);
    expect(placed.length).toBeLessThan(225); // half a second is not known to be too much
    expect(placed.at(-1)).toBe(BASE_S * 1e6 + ptsUs);
  });

  it.each([3600e6, -3600e6])("goes on with a picture whose stamp jumps by %d microseconds", (stepUs) => {
    const clock = epochClock(BASE_S, () => NOW_US);
    for (let n = 0; n < 50; n++) {
      const ptsUs = 1e6 + n * 40_000 + (n < 25 ? 0 : stepUs);
      expect(clock(ptsUs, n * 40_000)).toBe(BASE_S * 1e6 + ptsUs);
    }
  });

  it("takes what queued up in a stall", () => {
    const clock = epochClock(BASE_S, () => NOW_US);
    for (let n = 0; n < 500; n++) {
      const arrivalUs = n < 100 ? n * 20_000 : Math.max(n * 20_000, 9e6);
      expect(clock(1e6 + n * 20_000, arrivalUs)).not.toBeNull();
    }
  });
});

it("the clock of a file is anchored by the first frame's arrival", () => {
  const clock = ownClock();
  expect(clock(5e6, NOW_US)).toBe(NOW_US);
  expect(clock(5.04e6, NOW_US + 70_000)).toBe(NOW_US + 40_000);
});
