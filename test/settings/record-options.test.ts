import { describe, expect, it } from "vitest";
import { settingsFromCode } from "../../src/settings/from-code.ts";
import { resolveStartSettings } from "../../src/settings/resolve.ts";

type Texts = Readonly<Record<string, string>>;

const settings = (flags: Texts, env: Texts = {}) =>
  resolveStartSettings(new Map(Object.entries({ device: "test", ...flags })), env);
const recordOf = (flags: Texts, env: Texts = {}) => settings(flags, env).channel.record;

const defaults = {
  ...{ folder: "/srv/rec", path: "%name/%Y-%m-%d/%H-%M-%S", timeZone: "utc", segmentMs: 600_000 },
  ...{ syncMs: 5000, keepMs: 7 * 86_400_000, maxBytes: null, when: "always" },
};

describe("--record", () => {
  it("records to a folder, and nowhere without one", () => {
    expect(recordOf({})).toBeNull();
    expect(recordOf({ record: "none" }, { FLVCAST_RECORD: "/srv/rec" })).toBeNull();
    expect(recordOf({ record: "/srv/rec" })).toEqual(defaults);
    expect(recordOf({}, { FLVCAST_RECORD: "rec", FLVCAST_RECORD_KEEP: "forever" })).toEqual({
      ...{ ...defaults, folder: `${process.cwd()}/rec`, keepMs: null },
    });
  });

  it.each([
    ["record-keep", "12h", { keepMs: 43_200_000 }],
    ["record-keep", "forever", { keepMs: null }],
    ["record-keep", "1.5d", { keepMs: 129_600_000 }],
    ["record-max-size", "50GB", { maxBytes: 50_000_000_000 }],
    ["record-max-size", "500MB", { maxBytes: 500_000_000 }],
    ["record-max-size", "1.5T", { maxBytes: 1_500_000_000_000 }],
    ["record-max-size", "2GiB", { maxBytes: 2_147_483_648 }],
    ["record-max-size", "5000000", { maxBytes: 5_000_000 }],
    ["record-when", "watched", { when: "watched" }],
    ["record-when", "08:00-18:00", { when: { fromMinute: 480, toMinute: 1080 } }],
    ["record-when", "22:30-6:00", { when: { fromMinute: 1350, toMinute: 360 } }],
    ["record-when", "18:00-24:00", { when: { fromMinute: 1080, toMinute: 1440 } }],
    ["record-segment", "2s", { segmentMs: 2000 }],
    ["record-sync", "1m", { syncMs: 60_000 }],
    ["record-time-zone", "local", { timeZone: "local" }],
    ["record-path", "%name/%Y/%m/%d/cam %H.%M.%S", { path: "%name/%Y/%m/%d/cam %H.%M.%S" }],
  ])("--%s %s", (flag, text, expected) => {
    expect(recordOf({ record: "/srv/rec", [flag]: text })).toEqual({ ...defaults, ...expected });
  });

  it.each([
    ["record-keep", "7", "is not a time: use forever, or a number with s, m, h, d (days) or w (weeks)"],
    ["record-keep", "0s", "is out of range"],
    ["record-max-size", "50 apples", "is not a size: use bytes, or a number with MB, GB or TB"],
    ["record-max-size", "5kB", "is out of range: use 1MB to 9000TB"],
    ["record-when", "8-18", "is not valid: use always, watched, or hours"],
    ["record-when", "08:00-18:60", "is not valid"],
    ["record-when", "24:00-08:00", "is not valid"],
    ["record-when", "08:00-08:00", "begins when it ends: use always for all day"],
    ["record-when", "00:00-24:00", "begins when it ends"],
    ["record-path", "%Y/%name", "does not begin with %name/"],
    ["record-path", "%name/%Q", 'cannot be used: "%Q" is not supported (%name, '],
    ["record-path", "%name/50%", 'cannot be used: "%" is not supported'],
    ["record-path", "%name/../%Y", "cannot be used: it must be relative"],
    ["record-path", "%name//%Y", "cannot be used: it must be relative"],
    ["record-path", `%name/${"x".repeat(200)}`, "cannot be used: use up to 200 printable characters"],
    ["record-path", "%name/a\nb", "cannot be used: use up to 200 printable"],
    ["record-path", "%name/kept/%Y", 'cannot be used: "kept" is where'],
    ["record-path", "%name/%H.flv", "cannot be used: leave off the suffix"],
    ["record-segment", "500ms", "is out of range: use 1s to 24h"],
    ["record-keep-free", "95%", "is out of range: use up to 90%"],
  ])("--%s %s is refused", (flag, text, why) => {
    expect(() => settings({ record: "/srv/rec", [flag]: text })).toThrow(why);
  });

  it.each([
    "record-path",
    "record-segment",
    "record-keep",
    "record-max-size",
    "record-when",
    "record-sync",
    "record-time-zone",
    "record-keep-free",
  ])("--%s has no effect without it", (flag) => {
    const texts: Texts = {
      ...{ "record-path": "%name/%S", "record-when": "always", "record-time-zone": "utc" },
      ...{ "record-max-size": "1GB", "record-keep-free": "1GB" },
    };
    const one = { [flag]: texts[flag] ?? "10s" };
    expect(() => settings(one)).toThrow(`--${flag} has no effect without --record`);
    expect(() => settings({ ...one, record: "/srv/rec" })).not.toThrow();
  });

  it("--record-keep-free is a size, or a part of the disk", () => {
    const keepFree = (text: string) =>
      settings({ record: "/srv/rec", "record-keep-free": text }).server.recordKeepFree;
    expect(["10GB", "5%", "2.5 %"].map(keepFree)).toEqual([
      { bytes: 10_000_000_000 },
      { percent: 5 },
      { percent: 2.5 },
    ]);
    expect(settings({}).server.recordKeepFree).toBeNull();
  });
});

describe("record from code", () => {
  it("takes numbers, null and hours", () => {
    const given = {
      ...{ record: "/srv/rec", recordKeepMs: null, recordMaxBytes: 3_000_000_000, recordSegmentMs: 60_000 },
      ...{ recordWhen: { fromMinute: 1350, toMinute: 360 }, recordKeepFree: { percent: 5 } },
    } as const;
    const { channel, server } = settingsFromCode({ device: "test", ...given });
    const { recordWhen: when } = given;
    const expected = { keepMs: null, maxBytes: 3_000_000_000, segmentMs: 60_000, when };
    expect(channel.record).toEqual({ ...defaults, ...expected });
    expect(server.recordKeepFree).toEqual({ percent: 5 });
    expect(settingsFromCode({ device: "test", record: null }).channel.record).toBeNull();
  });

  it.each([
    [{ recordWhen: 5 }, "recordWhen NaN:NaN-NaN:NaN is not valid"],
    [{ recordWhen: null }, "recordWhen is null: remove it"],
    [{ recordKeepMs: 5 }, "recordKeepMs 0.005s is out of range"],
    [{ recordMaxBytes: {} }, "recordMaxBytes NaN is not a size"],
  ])("%j is refused", (wrong, why) => {
    expect(() => settingsFromCode({ device: "test", record: "/r", ...(wrong as object) })).toThrow(why);
  });
});
