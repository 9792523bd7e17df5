import { expect, it } from "vitest";
import { Timekeeper } from "../../src/channel/timekeeper.ts";

const wallMs = 1_700_000_000_000;

it("tells the time once a second of the stream, and when the stream begins anew", () => {
  const timekeeper = new Timekeeper(() => wallMs);
  const told = [0, 33, 966, 1000, 1033, 2033, 0, 40].map(
    (streamMs) => timekeeper.tell(streamMs, 0)?.streamMs,
  );
  expect(told).toEqual([0, undefined, undefined, 1000, undefined, 2033, 0, undefined]);
});

it("tells when the frame was taken, not when it came", () => {
  expect(new Timekeeper(() => wallMs).tell(0, 24.5)).toEqual({ streamMs: 0, wallMs: wallMs - 24.5 });
});

it("takes a frame of no believable age for one of now", () => {
  for (const ageMs of [-3, 5000, Number.NaN])
    expect(new Timekeeper(() => wallMs).tell(0, ageMs)).toEqual({ streamMs: 0, wallMs });
});
