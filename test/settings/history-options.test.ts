import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveStartSettings } from "../../src/settings/resolve.ts";

const historyOf = (flags: Readonly<Record<string, string>>) =>
  resolveStartSettings(new Map(Object.entries({ device: "test", ...flags })), {}).channel.history;

describe("--history", () => {
  it("keeps nothing unless it is given", () => {
    expect(historyOf({})).toBeNull();
    expect(historyOf({ history: "none" })).toBeNull();
  });

  it.each([
    ["30s", 30_000],
    ["30", 30_000],
    ["10m", 600_000],
    ["1.5s", 1500],
  ])("of %s keeps %i ms", (text, lengthMs) => {
    expect(historyOf({ history: text })).toMatchObject({ lengthMs });
  });

  it.each(["0", "11m", "1h", "all"])("of %s is refused", (text) => {
    expect(() => historyOf({ history: text })).toThrow(
      `--history ${text} is out of range: use 1s to 10m, or none, e.g. --history 30s`,
    );
  });
});

describe("clips are saved to", () => {
  const history = "30s";

  it("the working folder, that of the recordings, or another one", () => {
    expect(historyOf({ history })?.clipFolder).toBe(process.cwd());
    expect(historyOf({ history, record: "rec" })?.clipFolder).toBe(resolve("rec"));
    expect(historyOf({ history, record: "rec", "clip-folder": "/clips" })?.clipFolder).toBe("/clips");
  });

  it("no folder without a history", () => {
    expect(() => historyOf({ "clip-folder": "/clips" })).toThrow(
      "--clip-folder has no effect without --history",
    );
  });
});
