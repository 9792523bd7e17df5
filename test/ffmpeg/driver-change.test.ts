import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driverChangeLine, driverChangeOf } from "../../src/ffmpeg/driver-change.ts";
import { recordedError, versions } from "./recorded-errors.ts";

const changesIn = (version: string, name: string) => recordedError(version, name).changes;

describe.each(versions)("what ffmpeg %s says that a camera's driver changed", (version) => {
  it.each(["v4l2-driver-changed-at-info", "v4l2-driver-changed-with-levels"])("%s: size and rate", (name) => {
    const changes = changesIn(version, name);
    expect(changes).toEqual([
      { kind: "size", from: { width: 333, height: 222 }, to: { width: 320, height: 180 } },
      { kind: "rate", fromFps: 7, toFps: 10 },
    ]);
    expect(changes.map((change) => driverChangeLine("cam0", change))).toEqual([
      "cam0 does not support 333x222 and sends 320x180",
      "cam0 does not support 7 fps and sends 10",
    ]);
  });

  it("is not said at -loglevel warning", () => {
    expect(recordedError(version, "v4l2-driver-changed-at-warning").lines).toEqual([]);
  });

  it("timestamps of no known clock are told once", () => {
    expect(changesIn(version, "v4l2-unknown-timestamps")).toEqual([{ kind: "unknown-clock" }]);
  });
});

it.each([
  [
    "The driver changed the time per frame from 1/30 to 1001/30000",
    "cam0 does not support 30 fps and sends 29.97",
  ],
  [
    "[v4l2 @ 0x1] The driver does not permit changing the time per frame",
    "cam0 has a fixed frame rate, which --fps cannot change",
  ],
  ["[v4l2 @ 0x1] Unknown timestamps", "cam0 timestamps frames with an unknown clock"],
])("%s", (line, words) => {
  const change = driverChangeOf(line);
  expect(change && driverChangeLine("cam0", change)).toBe(words);
});

it("a time per frame of nothing is no rate", () => {
  expect(driverChangeOf("The driver changed the time per frame from 1/30 to 0/0")).toBeNull();
  expect(driverChangeOf("The driver changed the time per frame from 1/30 to 1/0")).toBeNull();
});

it("any other line tells no change", () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      expect(driverChangeOf(line)).toBeNull();
    }),
  );
});

it("whatever numbers a driver gives, a rate is a number above zero, or none", () => {
  const count = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  fc.assert(
    fc.property(count, count, (ticks, perS) => {
      const line = `The driver changed the time per frame from 1/30 to ${ticks}/${perS}`;
      const toFps = Number(perS) / Number(ticks);
      const expected = ticks * perS === 0n ? null : { kind: "rate", fromFps: 30, toFps };
      expect(driverChangeOf(line)).toEqual(expected);
    }),
  );
});
