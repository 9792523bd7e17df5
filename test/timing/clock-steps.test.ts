import { describe, expect, it } from "vitest";
import { ClockSteps } from "../../src/timing/clock-steps.ts";

const S = 1e6;
const HOUR = 3600 * S;
const PICTURE_US = 40_000;

/** Pictures with these stamps, each arriving as long after the first as it was made. */
function times(steady: ClockSteps, stamps: readonly number[]): number[] {
  return stamps.map((stampUs, n) => steady.timeUs("video", stampUs, n * PICTURE_US));
}

const even = (count: number) => Array.from({ length: count }, (_, n) => n * PICTURE_US);

describe("time that does not step", () => {
  it.each([HOUR, -HOUR, 20 * 365 * 24 * HOUR, 0.6 * S])("goes on when stamps jump by %d", (stepUs) => {
    const stamps = even(100).map((us, n) => (n < 50 ? us : us + stepUs));
    expect(times(new ClockSteps(), stamps)).toEqual(even(100));
  });

  it("takes both tracks by the same step, however it was measured", () => {
    const steady = new ClockSteps();
    for (let n = 0; n < 50; n++) steady.timeUs("audio", n * 20_000, n * 20_000 + 90_000);
    for (let n = 0; n < 50; n++) steady.timeUs("video", n * 20_000, n * 20_000);
    expect(steady.timeUs("video", S + HOUR + 7000, S + 5000)).toBe(S + 7000 - 7000);
    expect(steady.timeUs("audio", S, S + 90_000)).toBe(S);
    expect(steady.timeUs("audio", S + HOUR + 20_000, S + 110_000)).toBe(S + 20_000 - 7000);
  });

  it("is that of the arrival while stamps stand still, as ffmpeg writes them when the clock is set back", () => {
    const stamps = even(200).map((us, n) => (n < 50 ? us : 49 * PICTURE_US + n - 49));
    const steadied = times(new ClockSteps(), stamps);
    // Two such pictures may have come by chance.
    const [one, other] = [49 * PICTURE_US + 1, 49 * PICTURE_US + 2];
    expect(steadied).toEqual([...even(50), one, other, ...even(200).slice(52)]);
  });

  it("goes on when a clock is set, and set back with the next picture", () => {
    const stamps = even(100).map((us, n) => (n === 50 ? us + HOUR : us));
    expect(times(new ClockSteps(), stamps)).toEqual(even(100));
  });

  it.each([
    ["half a second less", -0.5 * S, HOUR],
    ["less than that", -0.5 * S - 1, HOUR - 0.5 * S - 1],
    ["half a second more", 0.5 * S, HOUR],
    ["more than that", 0.5 * S + 1, HOUR + 0.5 * S + 1],
  ])("takes a step for the other track's where it was %s", (_, differenceUs, takenUs) => {
    const steady = new ClockSteps();
    for (let us = 0; us < S; us += 20_000) {
      steady.timeUs("audio", us, us);
      steady.timeUs("video", us, us);
    }
    steady.timeUs("audio", S + HOUR, S);
    expect(steady.timeUs("video", S + HOUR + differenceUs, S)).toBe(S + HOUR + differenceUs - takenUs);
  });

  it("is left to the stamps where two pictures share one", () => {
    const stamps = even(200).map((us, n) => us - (n % 2) * PICTURE_US);
    expect(times(new ClockSteps(), stamps)).toEqual(stamps);
  });

  it("follows a clock that runs a thousandth too fast, for a day", () => {
    const steady = new ClockSteps();
    const seconds = Array.from({ length: 86_400 }, (_, n) => n);
    const wrong = seconds.filter((n) => steady.timeUs("video", n * 1.001 * S, n * S) !== n * 1.001 * S);
    expect(wrong).toEqual([]);
  });

  it("anchors a new source by its arrival where nothing else is known of it", () => {
    const steady = new ClockSteps();
    times(steady, even(50));
    steady.begins("video");
    expect(steady.timeUs("video", -77 * HOUR, 10 * S)).toBe(10 * S);
    expect(steady.timeUs("video", -77 * HOUR + PICTURE_US, 10 * S + PICTURE_US)).toBe(10 * S + PICTURE_US);
  });

  it.each([
    ["within two seconds", 2 * S - 1, 0],
    ["later", 2 * S, 100_000],
  ])("takes a frame that comes sooner for a better anchor: %s", (_, laterUs, aheadUs) => {
    const steady = new ClockSteps();
    times(steady, even(50));
    steady.begins("video");
    steady.timeUs("video", -77 * HOUR, 10 * S);
    const stampUs = -77 * HOUR + laterUs + 100_000;
    expect(steady.timeUs("video", stampUs, 10 * S + laterUs)).toBe(10 * S + laterUs + aheadUs);
  });
});

it("a step at the second frame is measured by the arrival: nobody knows the distance of frames yet", () => {
  const steady = new ClockSteps();
  expect([0, HOUR + PICTURE_US].map((us, n) => steady.timeUs("video", us, n * PICTURE_US))).toEqual([
    0,
    PICTURE_US,
  ]);
});

describe("the first frame", () => {
  it.each([
    ["less than 10 s ahead is believed", 9_999_999, 9_999_999],
    ["10 s ahead is of its arrival", 10 * S, 0],
    ["less than 10 s late is believed", -9_999_999, -9_999_999],
    ["10 s late is of its arrival", -10 * S, 0],
  ])("of an unknown source, %s", (_, stampUs, timeUs) => {
    expect(new ClockSteps().timeUs("video", stampUs, 0)).toBe(timeUs);
  });

  it.each([
    ["half a second ahead is of its arrival", 10.5 * S, 10 * S],
    ["less than that ahead is believed", 10.5 * S - 1, 10.5 * S - 1],
    ["three seconds late is of its arrival", 7 * S, 10 * S],
    ["less than that late is believed", 7 * S + 1, 7 * S + 1],
  ])("of a source that is back, %s", (_, stampUs, timeUs) => {
    const steady = new ClockSteps();
    times(steady, even(50));
    steady.begins("video");
    expect(steady.timeUs("video", stampUs, 10 * S)).toBe(timeUs);
  });
});

describe("stamps that leap in a stall", () => {
  /** Sound and picture, in time for a second. */
  function inTime(): ClockSteps {
    const steady = new ClockSteps();
    times(steady, even(25));
    for (let us = 0; us < S; us += 20_000) steady.timeUs("audio", us, us);
    return steady;
  }

  it("are believed where frames were lost in it, of which one came late", () => {
    const steady = inTime();
    expect(steady.timeUs("video", S, 3 * S)).toBe(S);
    expect(steady.timeUs("video", 3 * S, 3.04 * S)).toBe(3 * S);
  });

  it.each([
    ["as far", 1.5 * S, 3.04 * S, true],
    ["half a second less", S, 3.04 * S, true],
    ["less than that", S - 1, 3.04 * S, false],
    ["half a second more", 2 * S, 3.04 * S, true],
    ["more than that", 2 * S + 1, 3.04 * S, false],
    ["as far, ten seconds later", 1.5 * S, 13 * S, true],
    ["as far, and later than that", 1.5 * S, 13 * S + 1, false],
  ])("were a step where the other track's step %s", (_, otherStepUs, arrivalUs, wasStep) => {
    const steady = inTime();
    expect(steady.timeUs("video", 2.5 * S, 3 * S)).toBe(2.5 * S);
    expect(steady.timeUs("audio", S + otherStepUs, S)).toBe(S);
    expect(steady.timeUs("video", 2.54 * S, arrivalUs)).toBe(2.54 * S - (wasStep ? otherStepUs : 0));
  });
});
