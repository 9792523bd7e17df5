import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/read-options.ts";
import { devicesOptions } from "../../src/settings/tool-options.ts";

const resolve = (flags: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) =>
  readSettings(devicesOptions, new Map(Object.entries(flags)), env);

test("every option of devices has a default", () => {
  expect(resolve({})).toEqual({ device: null, pin: null, unpin: null, ffmpeg: null, json: false });
  expect(Object.values(devicesOptions).every(({ fallback }) => fallback !== undefined)).toBe(true);
});

test("a pin is a name and a device, which may have = in it", () => {
  expect(resolve({ pin: "door=video=@device_pnp" }).pin).toEqual({
    name: "door",
    device: "video=@device_pnp",
  });
});

test("a variable stands for what is a setting, and does nothing that a flag does once", () => {
  expect(resolve({}, { FLVCAST_JSON: "1", FLVCAST_PIN: "door=cam0", FLVCAST_UNPIN: "door" })).toMatchObject({
    json: true,
    pin: null,
    unpin: null,
  });
});

describe("what cannot be a pin is refused", () => {
  test.each([
    ["door", "--pin door is not NAME=DEVICE, e.g. --pin door=cam0"],
    ["door=", "--pin door= is not NAME=DEVICE, e.g. --pin door=cam0"],
    [
      "=cam0",
      "--pin =cam0 is not a valid name: use up to 64 letters, digits, _, - and . (not first), e.g. --pin door=cam0",
    ],
    [
      "cam0=cam1",
      "--pin cam0=cam1 is already a device or keyword: choose another name, e.g. --pin door=cam1",
    ],
    [
      "Screen=cam1",
      "--pin Screen=cam1 is already a device or keyword: choose another name, e.g. --pin door=cam1",
    ],
    [
      "rtmp=cam1",
      "--pin rtmp=cam1 is already a device or keyword: choose another name, e.g. --pin door=cam1",
    ],
    [
      "none=cam1",
      "--pin none=cam1 is already a device or keyword: choose another name, e.g. --pin door=cam1",
    ],
  ])("%j", (pin, told) => {
    expect(() => resolve({ pin })).toThrow(told);
  });

  test("nor can such a name be unpinned", () => {
    expect(() => resolve({ unpin: "mic0" })).toThrow("--unpin mic0 is already a device or keyword");
  });
});
