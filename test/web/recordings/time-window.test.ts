import { describe, expect, it } from "vitest";
import { dayAfter, dayOf, dayOfKey, daysOf, neighbor } from "../../../src/web/recordings/days.ts";
import {
  lengthOf,
  momentAt,
  panned,
  shareOf,
  showing,
  ticksOf,
  zoomed,
} from "../../../src/web/recordings/time-window.ts";
import { segment } from "./segment.ts";

const HOUR_MS = 3_600_000;

describe("a day", () => {
  it.each([["2026-11-29"], ["2026-03-29"], ["2026-10-25"], ["2026-12-31"]])(
    "%s goes from midnight to midnight",
    (key) => {
      const day = dayOfKey(key);
      const [year = 0, month = 0, date = 0] = key.split("-").map(Number);
      expect(new Date(day.startMs)).toEqual(new Date(year, month - 1, date));
      expect(dayOf(day.startMs)).toEqual(day);
      expect(dayOf(day.endMs - 1)).toEqual(day);
      expect(dayAfter(day).startMs).toBe(day.endMs);
    },
  );

  it("is one that has something if a part of a segment is in it", () => {
    const night = dayOfKey("2026-11-29").endMs;
    const far = dayOfKey("2026-12-24").startMs;
    const all = [segment(night - HOUR_MS, 2 * HOUR_MS), segment(night + 3 * HOUR_MS, 10), segment(far, 10)];
    expect(daysOf(all)).toEqual(["2026-11-29", "2026-11-30", "2026-12-24"]);
    expect(daysOf([segment(night - HOUR_MS, HOUR_MS)])).toEqual(["2026-11-29"]);
    expect(daysOf([])).toEqual([]);
  });

  it.each([
    ["2026-11-30", 1, "2026-12-24"],
    ["2026-12-24", 1, null],
    ["2026-12-01", -1, "2026-11-30"],
    ["2026-11-29", -1, null],
  ] as const)("beside %s, in direction %d, is %s among those that have something", (key, direction, next) => {
    expect(neighbor(["2026-11-29", "2026-11-30", "2026-12-24"], key, direction)).toBe(next);
  });
});

describe("the part of a day that is shown", () => {
  const day = dayOfKey("2026-11-29");
  const at = (hours: number) => day.startMs + hours * HOUR_MS;
  const hours = (window: { startMs: number; endMs: number }) =>
    [window.startMs, window.endMs].map((ms) => (ms - day.startMs) / HOUR_MS);

  it("has a place for each moment, and a moment for each place", () => {
    expect(shareOf(day, at(6))).toBe(0.25);
    expect(momentAt(day, 0.25)).toBe(at(6));
  });

  it.each([
    ["in", 0.5, 12, [6, 18]],
    ["in, at its start", 0.5, 0, [0, 12]],
    ["in, and the moment stays where it is", 0.25, 8, [6, 12]],
    ["out beyond the day", 4, 12, [0, 24]],
  ])("zooms %s", (_, factor, aroundHours, expected) => {
    expect(hours(zoomed(day, day, factor, aroundHours / 24))).toEqual(expected);
  });

  it("zooms in to an hour and further, to ten minutes at most, and out again", () => {
    let window: { startMs: number; endMs: number } = day;
    for (let step = 0; step < 20; step++) window = zoomed(window, day, 0.5, 15 / 24);
    expect(lengthOf(window)).toBe(HOUR_MS / 6);
    expect(shareOf(window, at(15))).toBeCloseTo(15 / 24, 5);
    for (let step = 0; step < 20; step++) window = zoomed(window, day, 2, 15 / 24);
    expect(hours(window)).toEqual([0, 24]);
  });

  it("follows two fingers: what is between them stays there", () => {
    const window = { startMs: at(6), endMs: at(12) };
    expect(hours(zoomed(window, day, 0.5, 0.5, 0.25))).toEqual([8.25, 11.25]);
    expect(hours(zoomed(window, day, 1, 0.5, 0.75))).toEqual([4.5, 10.5]);
  });

  it("is panned no further than the day goes", () => {
    const window = { startMs: at(6), endMs: at(12) };
    expect(hours(panned(window, day, HOUR_MS))).toEqual([7, 13]);
    expect(hours(panned(window, day, -20 * HOUR_MS))).toEqual([0, 6]);
    expect(hours(panned(window, day, 20 * HOUR_MS))).toEqual([18, 24]);
  });

  it("goes along with what is played, as soon as that leaves it", () => {
    const window = { startMs: at(6), endMs: at(12) };
    expect(showing(window, day, at(11.9))).toBe(window);
    expect(hours(showing(window, day, at(12)))).toEqual([9, 15]);
    expect(hours(showing(window, day, at(23.5)))).toEqual([18, 24]);
  });
});

const labels = (key: string, most: number) => {
  const day = dayOfKey(key);
  const ticks = ticksOf(day, day, most).filter(({ isLabeled }) => isLabeled);
  return ticks.map(({ ms }) => new Date(ms).getHours());
};

describe("the ticks", () => {
  it.each([
    [9, [0, 3, 6, 9, 12, 15, 18, 21, 0]],
    [5, [0, 6, 12, 18, 0]],
    [24, Array.from({ length: 25 }, (_, at) => at % 24)],
  ])("have at most %d labels, at round hours", (most, hours) => {
    expect(labels("2026-11-29", most)).toEqual(hours);
  });

  it("are no more than there is room for, and finer where there is some", () => {
    const day = dayOfKey("2026-11-29");
    const hour = { startMs: day.startMs + 5 * HOUR_MS, endMs: day.startMs + 6 * HOUR_MS };
    for (const most of [2, 5, 12, 30]) {
      const labeled = ticksOf(hour, day, most).filter(({ isLabeled }) => isLabeled);
      expect(labeled.length - 1).toBeLessThanOrEqual(most);
      expect(labeled.length).toBeGreaterThan(most / 3);
    }
  });
});
