import { expect, test } from "vitest";
import { listControls, parseControlList, setControl } from "../../../src/devices/platform/v4l2-controls.ts";
import { fakeMachine } from "../../system/fake-machine.ts";
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

test.each(["min=0", "max=10", "step=1"])("a number of which only %s is told has no range", (told) => {
  expect(parseControlList(`    brightness (int)    : ${told} default=5 value=7\n`)).toMatchObject([
    { fallback: "5", value: "7", range: null },
  ]);
});

test.each([
  ["no v4l2-ctl", {}, "v4l2-ctl did not respond within 5 s"],
  ["one that fails without a word", { code: 3 }, "v4l2-ctl exited with code 3"],
  [
    "one that says why",
    { code: 255, stderr: "VIDIOC_S_CTRL: failed\ngain: Permission denied\n" },
    "gain: Permission denied",
  ],
  ["one that sets it", { stdout: "" }, null],
])("a control is set by v4l2-ctl, and a failure is told in its words: %s", async (_, ran, said) => {
  const programs = Object.keys(ran).length === 0 ? {} : { "v4l2-ctl -d /dev/video0 --set-ctrl gain=5": ran };
  expect(await setControl(fakeMachine({ programs }), "/dev/video0", { name: "gain", value: "5" })).toBe(said);
});

test.each([
  ["as many as it tells", { stdout: "    gain (int) : value=7\n" }, 1],
  ["unknown where it fails", { code: 1, stdout: "    gain (int) : value=7\n" }, undefined],
])("a camera's controls are %s", async (_, ran, count) => {
  const machine = fakeMachine({ programs: { "v4l2-ctl -d /dev/video0 --list-ctrls-menus": ran } });
  expect((await listControls(machine, "/dev/video0"))?.length).toBe(count);
});
