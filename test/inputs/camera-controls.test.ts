import { describe, expect, it } from "vitest";
import { cameraSource } from "../../src/devices/camera-source.ts";
import type { Camera } from "../../src/devices/device.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { applyControls, setControls } from "../../src/inputs/camera-controls.ts";
import { parseControls } from "../../src/settings/parse-filters.ts";
import type { Machine } from "../../src/system/machine.ts";
import { recorded } from "../devices/platform/recorded.ts";
import { fakeMachine } from "../system/fake-machine.ts";

const webcam: Camera = {
  ...{ alias: "cam0", name: "it", stableId: "it", access: { isAllowed: true }, holders: [] },
  ...{ kind: "camera", demuxer: "v4l2", node: "/dev/video0", physicalId: null, modes: [] },
};
const mode = { format: null, coding: "raw", size: null, fps: null, slowestFps: null, copies: false } as const;
const source = cameraSource(webcam, mode, "driver");
const listed = recorded("vivid.v4l2-ctl-controls");

/** A camera with vivid's controls, which takes what it is set to as `take` says. */
class FakeCamera {
  readonly sets: string[] = [];
  #list = listed;
  readonly machine: Machine;

  constructor(take: (value: number) => number = (value) => value, failure = "") {
    this.machine = {
      ...fakeMachine({}),
      run: async (program, args) => {
        const [, , what, setting = ""] = args;
        if ([program, ...args.slice(0, 2)].join(" ") !== "v4l2-ctl -d /dev/video0") return null;
        if (what === "--list-ctrls-menus") return { code: 0, stdout: this.#list, stderr: "" };
        if (what !== "--set-ctrl") return null;
        this.sets.push(setting);
        const [name, value] = setting.split("=");
        const line = new RegExp(`^( *${name} .*) value=-?\\d+`, "m");
        this.#list = this.#list.replace(line, `$1 value=${take(Number(value))}`);
        return { code: failure === "" ? 0 : 255, stdout: "", stderr: failure };
      },
    };
  }
}

const apply = (camera: FakeCamera, text: string) =>
  applyControls(source, parseControls(text), camera.machine);

describe("a camera's controls", () => {
  it("are set one by one, in the order given", async () => {
    const camera = new FakeCamera();
    await apply(camera, "gain_automatic=0,gain=20,brightness=0x10,menu=4,string=abc");
    expect(camera.sets).toEqual(["gain_automatic=0", "gain=20", "brightness=0x10", "menu=4", "string=abc"]);
  });

  it.each([
    [
      "brightnes=1",
      'cam0 has no control "brightnes"; did you mean "brightness"? (list them with: flvcast devices cam0)',
    ],
    ["zoom_absolute=1", 'cam0 has no control "zoom_absolute" (list them with: flvcast devices cam0)'],
    ["brightness=256", "--control brightness=256: the value must be from 0 to 255"],
    ["brightness=bright", "--control brightness=bright: the value must be a number"],
    ["mute=2", "--control mute=2: the value must be 0 or 1"],
    [
      "menu=2",
      "--control menu=2: the value must be one of 1 (Menu Item 1), 3 (Menu Item 3), 4 (Menu Item 4)",
    ],
    ["read_only_integer_32_bits=1", "--control read_only_integer_32_bits=1: this control is read-only"],
  ])("%s is refused before anything is set", async (text, message) => {
    const camera = new FakeCamera();
    await expect(apply(camera, `contrast=1,${text}`)).rejects.toMatchObject({ reason: "usage", message });
    expect(camera.sets).toEqual([]);
  });

  it("that the camera does not keep are told of: drivers say nothing", async () => {
    await expect(apply(new FakeCamera(() => 88), "gain=5")).rejects.toThrow(
      "--control gain=5 had no effect: cam0 stays at 88; turn off the automatic control that overrides it (see flvcast devices cam0)",
    );
  });

  it("that v4l2-ctl cannot set are told of in its words", async () => {
    await expect(
      setControls(
        source,
        parseControls("gain=5"),
        new FakeCamera(undefined, "\nError setting controls: Input/output error\n").machine,
      ),
    ).rejects.toThrow("cam0: gain: Error setting controls: Input/output error");
  });

  it("take v4l2-ctl, and a camera", async () => {
    const controls = parseControls("gain=5");
    await expect(applyControls(source, controls, fakeMachine({}))).rejects.toThrow(/install v4l-utils$/);
    const test = testSource({ wanted: { video: true, audio: false }, size: null, fps: null });
    await expect(applyControls(test, controls, fakeMachine({}))).rejects.toThrow(/not with test; remove it$/);
    await applyControls(test, [], fakeMachine({}));
    const elsewhere = { ...source, device: { ...webcam, demuxer: "dshow" as const } };
    const words = "--control works only with cameras on Linux, not with cam0; remove it";
    await expect(applyControls(elsewhere, controls, new FakeCamera().machine)).rejects.toThrow(words);
  });
});
