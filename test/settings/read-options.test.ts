import { expect, it } from "vitest";
import { checkOptions } from "../../src/settings/check-options.ts";
import { logsOptions, namedOptions, statusOptions } from "../../src/settings/control-options.ts";
import { readSettings } from "../../src/settings/read-options.ts";
import { devicesOptions, doctorOptions, encodersOptions } from "../../src/settings/tool-options.ts";

it.each(
  Object.entries({
    checkOptions,
    devicesOptions,
    doctorOptions,
    encodersOptions,
    logsOptions,
    namedOptions,
    statusOptions,
  }),
)("every option of %s has a default", (_, table) => {
  const lacking = Object.values(table).filter(({ fallback }) => fallback === undefined);
  expect(lacking.map(({ flag }) => flag)).toEqual([]);
});

const settingsOf = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  readSettings(checkOptions, new Map(Object.entries(flags)), env);

it("what is not given has its default", () => {
  expect(settingsOf({})).toEqual({ target: null, watchMs: 10_000, json: false });
  expect(settingsOf({ target: "a.flv", seconds: "24h", json: "true" })).toEqual({
    ...{ target: "a.flv", watchMs: 86_400_000, json: true },
  });
});

it("a variable stands for a flag, except where that does something once", () => {
  expect(settingsOf({}, { FLVCAST_JSON: "1", FLVCAST_SECONDS: "5", FLVCAST_TARGET: "a" })).toEqual({
    ...{ target: null, watchMs: 10_000, json: true },
  });
});

it.each<[flags: Record<string, string>, message: string]>([
  [{ target: "" }, "URL|FILE is empty: use URL|FILE, or remove it"],
  [{ seconds: "" }, "--seconds is empty: use TIME, or remove it"],
  [{ target: "a\0b" }, "URL|FILE contains a null character: use URL|FILE, or remove it"],
  [{ seconds: "86400.001" }, "--seconds 86400.001 is out of range: use up to 24h, e.g. --seconds 60"],
])("%j is refused", (flags, message) => {
  expect(() => settingsOf(flags)).toThrow(expect.objectContaining({ reason: "usage", message }));
});

it("a bug in an option's parser stays one", () => {
  const broken = {
    ...checkOptions,
    target: {
      ...checkOptions.target,
      parse: () => {
        throw new TypeError("ours");
      },
    },
  };
  expect(() => readSettings(broken, new Map([["target", "a"]]), {})).toThrow(TypeError);
});
