import { expect, test } from "vitest";
import { parseControlList } from "../../../src/devices/platform/v4l2-controls.ts";
import { recorded } from "./recorded.ts";

const controls = parseControlList(recorded("vivid.v4l2-ctl-controls"));
const named = (name: string) => controls.find((control) => control.name === name);

test("a number has its range, its value and its default", () => {
  expect(named("brightness")).toEqual({
    ...{ name: "brightness", kind: "int", value: "128", fallback: "128", range: { min: 0, max: 255 } },
    ...{ choices: [], isInactive: false, isReadOnly: false },
  });
  expect(named("hue")).toMatchObject({ range: { min: -128, max: 128 } });
  expect(named("gain_automatic")).toMatchObject({ kind: "bool", value: "1", range: null });
  expect(named("string")).toMatchObject({ kind: "str", value: "  " });
});

test("a menu has its choices", () => {
  expect(named("menu")).toMatchObject({
    value: "3",
    choices: [
      { value: 1, means: "Menu Item 1" },
      { value: 3, means: "Menu Item 3" },
      { value: 4, means: "Menu Item 4" },
    ],
  });
  expect(named("integer_menu")?.choices[3]).toEqual({ value: 5, means: "8 (0x8)" });
});

test("what an automatic control has in hand, and what cannot be set, says so", () => {
  expect(controls.filter(({ isInactive }) => isInactive).map(({ name }) => name)).toEqual(["gain"]);
  expect(controls.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name)).toEqual([
    "read_only_integer_32_bits",
  ]);
});

test("buttons and arrays are none", () => {
  expect(controls.map(({ kind }) => kind)).not.toContain("button");
  expect(named("u32_dynamic_array")).toBeUndefined();
});

test("a listing of an older v4l2-ctl, without ids, is read, too", () => {
  expect(parseControlList("    brightness (int)    : min=0 max=10 step=1 default=5 value=7\n")).toMatchObject(
    [{ name: "brightness", value: "7", range: { min: 0, max: 10 } }],
  );
});
