import { describe, expect, it } from "vitest";
import { epochClock, ForeignClockError, ownClock } from "../../src/timing/input-clock.ts";

const BASE_S = 1_700_000_000;
const NOW_US = (BASE_S + 1) * 1e6;

const neverSet = () => 0;

describe("the clock of a device that stamps wall-clock time", () => {
  it("is its stamps, counted from the base", () => {
    const clock = epochClock(BASE_S, neverSet);
    expect(clock(1_000_000, NOW_US)).toBe(NOW_US);
    expect(clock(1_040_000, NOW_US + 41_000)).toBe(NOW_US + 40_000);
  });

  it.each([
    ["a driver that counts from the machine's start", -BASE_S * 1e6 + 5e6],
    ["a driver that is a minute ahead", 61e6],
  ])("is not that of %s", (_, ptsUs) => {
    const clock = epochClock(BASE_S, neverSet);
    for (let frame = 0; frame < 10; frame++) expect(clock(ptsUs, NOW_US)).toBeNull();
    expect(() => clock(ptsUs, NOW_US)).toThrow(ForeignClockError);
  });

  it.each([-10e6, 10e6])("may be %d microseconds off at first, and no more", (offsetUs) => {
    expect(epochClock(BASE_S, neverSet)(1e6 + offsetUs, NOW_US)).toBe(NOW_US + offsetUs);
    expect(epochClock(BASE_S, neverSet)(1e6 + offsetUs + Math.sign(offsetUs), NOW_US)).toBeNull();
  });

  it("leaves out what a driver hands out of an earlier use", () => {
    const clock = epochClock(BASE_S, neverSet);
    expect([-BASE_S * 1e6, -60e6, 1e6].map((ptsUs) => clock(ptsUs, NOW_US))).toEqual([null, null, NOW_US]);
  });

  it("trusts it from then on: a device that hangs for a minute and goes on has its say", () => {
    const clock = epochClock(BASE_S, neverSet);
    clock(1e6, NOW_US);
    expect(clock(1.04e6, NOW_US + 60e6)).toBe(NOW_US + 40_000);
  });
});

describe.each([3600e6, -3600e6])("a system's clock that is set by %d microseconds", (stepUs) => {
  it("makes all that a running process still sends worthless: its stamps follow in pieces, or are made up", () => {
    let setUs = 0;
    const clock = epochClock(BASE_S, () => setUs);
    expect(clock(1e6, NOW_US)).toBe(NOW_US);
    setUs = stepUs;
    for (const part of [0, 0.25, 0.6, 1.2, 1]) {
      expect(clock(1.04e6 + part * stepUs, NOW_US + 40_000)).toBeNull();
    }
  });

  it("is taken out of the stamps of a process that begins after it", () => {
    const clock = epochClock(BASE_S + stepUs / 1e6, () => stepUs);
    expect(clock(1.04e6, NOW_US + 45_000)).toBe(NOW_US + 40_000);
    expect(clock(1.08e6, NOW_US + 81_000)).toBe(NOW_US + 80_000);
  });

  it("does no harm to a process that has sent nothing yet", () => {
    let setUs = 0;
    const clock = epochClock(BASE_S, () => setUs);
    expect(clock(1e6 + 61e6, NOW_US)).toBeNull();
    setUs = stepUs;
    expect(clock(1.04e6 + stepUs, NOW_US + 45_000)).toBe(NOW_US + 40_000);
  });
});

it("the clock of a file is anchored by the first frame's arrival", () => {
  const clock = ownClock();
  expect(clock(5e6, NOW_US)).toBe(NOW_US);
  expect(clock(5.04e6, NOW_US + 70_000)).toBe(NOW_US + 40_000);
});
