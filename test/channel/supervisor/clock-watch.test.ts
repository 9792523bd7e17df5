import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClockWatch } from "../../../src/channel/supervisor/clock-watch.ts";

/** A machine whose clock is set by a test: how far it is from the monotonic one, look by look. */
let offsetMs: number;
let glimpsesMs: number[];
let watch: ClockWatch;
let told: number[];

function begin(): void {
  watch = new ClockWatch(() => glimpsesMs.shift() ?? offsetMs);
  told = [];
  watch.onSet((stepMs) => told.push(stepMs));
}

beforeEach(() => {
  vi.useFakeTimers();
  [offsetMs, glimpsesMs] = [0, []];
  begin();
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

it.each([3_600_000, -3_600_000, 150, 1.7e12])(
  "tells of a step of %d ms once, without being asked",
  (stepMs) => {
    offsetMs = stepMs;
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([stepMs]);
    expect(watch.setUs).toBe(stepMs * 1000);
  },
);

it("knows of a step with the first frame behind it", () => {
  offsetMs = -3_600_000;
  expect(watch.setUs).toBe(-3_600_000_000);
  expect(told).toEqual([-3_600_000]);
});

it("knows nothing of a step when the clock is right again", () => {
  for (const ms of [-3_600_000, 0]) {
    offsetMs = ms;
    vi.advanceTimersByTime(1000);
  }
  expect(told).toEqual([-3_600_000, 3_600_000]);
  expect(watch.setUs).toBe(0);
});

it("follows a clock that is slewed, or drifts, without a word", () => {
  for (let second = 0; second < 3600; second++) {
    offsetMs += 0.5; // 500 parts in a million: as fast as a kernel slews
    vi.advanceTimersByTime(1000);
  }
  expect(told).toEqual([]);
  expect(watch.setUs).toBe(0);
});

it("is not deceived by a process that has to wait between its looks at the two clocks", () => {
  glimpsesMs = [-400];
  expect(watch.setUs).toBe(0);
  expect(told).toEqual([]);
});

it("looks at no clock while nobody listens, and tells nobody later of what was set meanwhile", () => {
  watch.close();
  const glimpses = vi.fn<() => number>(() => offsetMs);
  watch = new ClockWatch(glimpses);
  const before = glimpses.mock.calls.length;
  vi.advanceTimersByTime(60_000);
  expect([vi.getTimerCount(), glimpses.mock.calls.length]).toEqual([0, before]);
  offsetMs = 5000;
  const forget = watch.onSet((stepMs) => told.push(stepMs));
  expect([watch.setUs, told]).toEqual([5_000_000, []]);
  expect(vi.getTimerCount()).toBe(1);
  forget();
  expect(vi.getTimerCount()).toBe(0);
});

it("leaves no timer behind when it is closed", () => {
  expect(vi.getTimerCount()).toBe(1);
  watch.close();
  expect(vi.getTimerCount()).toBe(0);
});

it("has been set already, where a long-lived process begins a stream after that", () => {
  watch.close();
  offsetMs = 7_200_000;
  begin();
  expect(watch.setUs).toBe(7_200_000_000);
  expect(told).toEqual([]);
});

it("holds the machine's own clocks against each other", () => {
  watch.close();
  vi.useRealTimers();
  watch = new ClockWatch();
  const before = watch.setUs;
  const wall = vi.spyOn(Date, "now");
  const now = Date.now();
  wall.mockImplementation(() => now + 60_000);
  expect((watch.setUs - before) / 1e6).toBeCloseTo(60, 0);
  wall.mockRestore();
  watch.close();
  vi.useFakeTimers();
});
