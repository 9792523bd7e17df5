import { describe, expect, test } from "vitest";
import { AudioPace } from "../../src/check/audio-pace.ts";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";

/** A frame is to last 20 ms. */
const format = { sampleRateHz: 48_000, channels: 2, samplesPerFrame: 960 };

function judged(steps: readonly number[], known: readonly FaultId[] = [], of: typeof format | null = format) {
  const faults = new Faults();
  for (const id of known) faults.report(id, "");
  const pace = new AudioPace(faults);
  let timestampMs = 0;
  pace.push(timestampMs, of);
  for (const stepMs of steps) pace.push((timestampMs += stepMs), of);
  pace.end();
  return faults.all().filter(({ id }) => !known.includes(id));
}

const steps = (count: number, stepMs: number) => Array.from({ length: count }, () => stepMs);

describe("the rate of sound", () => {
  test.each([
    [20, []],
    [20.9, []],
    [21.1, [{ id: "audio-rate-mismatch", detail: "frames arrive at 45498 Hz, expected 48000 Hz" }]],
    [19.1, []],
    [18.9, [{ id: "audio-rate-mismatch", worst: { value: -5.5, unit: "%" } }]],
    [40, [{ id: "audio-rate-mismatch", worst: { value: 100, unit: "%" } }]],
  ])("by frames of every %d ms is %j", (stepMs, findings) => {
    expect(judged(steps(20, stepMs))).toMatchObject(findings);
  });

  test("is told by twenty steps ahead, and not by fewer", () => {
    expect(judged(steps(19, 40))).toEqual([]);
    expect(judged([...steps(19, 40), 0, -500])).toEqual([]);
    expect(judged(steps(20, 40))).toHaveLength(1);
  });

  test("is not that of what is missing, nor of what comes twice as fast to catch up", () => {
    expect(judged([...steps(30, 20), ...steps(9, 28)])).toEqual([]);
    expect(judged([...steps(30, 20), ...steps(9, 12)])).toEqual([]);
  });

  test("is unknown where no settings could be read", () => {
    expect(judged(steps(40, 40), [], null)).toEqual([]);
  });
});

describe("drift", () => {
  const drift = [{ id: "audio-drift", detail: "201 ms in 20.2 s" }];
  test.each([
    [200, []],
    [201, drift],
  ])("of %d ms in a thousand frames is %j", (driftMs, findings) => {
    const late = [...steps(1000 - driftMs, 20), ...steps(driftMs, 21)];
    expect(judged(late)).toMatchObject(findings);
    const early = [...steps(1000 - driftMs, 20), ...steps(driftMs, 19)];
    expect(judged(early).map(({ id }) => id)).toEqual(findings.map(({ id }) => id));
  });

  const late = steps(500, 20.5);
  test.each<FaultId>([
    "timestamp-backwards",
    "timestamp-jump",
    "timestamp-24-bit-wrap",
    "timestamp-repeated",
    "timestamp-negative",
    "audio-gap",
  ])("is not told where %s explains it", (known) => {
    expect(judged(late)).toMatchObject([{ id: "audio-drift" }]);
    expect(judged(late, [known])).toEqual([]);
  });
});
