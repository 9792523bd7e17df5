import { expect, test } from "vitest";
import { DropLimit } from "../../src/ffmpeg/drop-limit.ts";
import { UnitDrops } from "../../src/media/unit-drops.ts";

/** Drops so many units, so many microseconds apart. */
function drop(count: number, stepUs: number, isUsed: (at: number) => boolean = () => false): DropLimit {
  const drops = new UnitDrops();
  const limit = new DropLimit();
  for (let at = 0; at < count; at++) {
    if (isUsed(at)) drops.used();
    drops.damage(`unit ${at}`);
    limit.check(drops, at * stepUs);
  }
  return limit;
}

test("ends an input of which a thousand units in a row could not be used, and says which was the first", () => {
  expect(() => drop(999, 1000)).not.toThrow();
  expect(() => drop(1000, 1000)).toThrow("1000 units in a row are unusable; the first: unit 0");
});

test("ends an input of which nothing could be used for ten seconds", () => {
  expect(() => drop(250, 40_000)).not.toThrow();
  expect(() => drop(251, 40_000)).toThrow("251 units in a row are unusable; the first: unit 0");
});

test("ends none of which something can be used now and then", () => {
  expect(() => drop(10_000, 40_000, (at) => at % 200 === 0)).not.toThrow();
});

test("leaves a camera that sends a frame a minute time for more than one", () => {
  expect(() => drop(9, 60e6)).not.toThrow();
  expect(() => drop(10, 60e6)).toThrow("10 units in a row");
});

test("is patient for ten seconds", () => {
  expect(drop(5, 1e6).isPatient).toBe(true);
  expect(drop(9, 2e6).isPatient).toBe(false);
  expect(new DropLimit().isPatient).toBe(false);
});
