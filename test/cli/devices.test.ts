import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { devices, runDevices } from "../../src/cli/devices.ts";
import { readPins, writePins } from "../../src/devices/pins.ts";
import { UserError } from "../../src/errors.ts";
import { suffixes } from "../devices/platform/windows-listings.ts";
import { machineOfListings } from "../system/fake-machine.ts";
import { FakeIo } from "./fake-io.ts";

const C920 = String.raw`@device_pnp_\\?\usb#vid_046d&pid_082d&mi_00#7&10a84933&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global`;
const LIST = "-hide_banner -nostdin -f dshow -list_devices true -i dummy";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flvcast-devices-"));
});

afterEach(() => rm(folder, { recursive: true }));

const pinsNow = () => readPins(folder, join(folder, "system"));

interface Scene {
  readonly platform?: NodeJS.Platform;
  readonly hasFfmpeg?: boolean;
}

/** Runs `flvcast devices` on a Windows machine with a webcam and more; on another platform, with nothing. */
async function run(argv: readonly string[], { platform = "win32", hasFfmpeg = true }: Scene = {}) {
  const io = new FakeIo();
  const machine = machineOfListings(platform, { [LIST]: suffixes });
  const findFfmpeg = async () => {
    if (hasFfmpeg) return { path: "ffmpeg" };
    throw new UserError("noFfmpeg", "no ffmpeg found: install one");
  };
  const { flags } = parseArguments("devices", devices.flags, argv);
  const code = await runDevices(flags, {}, io.asIo, {
    machine,
    findFfmpeg,
    configuration: folder,
    systemConfiguration: join(folder, "system"),
  });
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("the list goes to stdout, and nothing to stderr", async () => {
  const { code, stdout, stderr } = await run([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`Cameras\n  cam0    HD Pro Webcam C920\n          video=${C920}\n`);
  expect(stdout).toContain("mic2    Stereo Mix (Realtek(R) Audio)  (what this machine plays)\n");
  expect(stdout).not.toContain("Pins");
});

test("--json prints one object on one line", async () => {
  await writePins(folder, [{ name: "yard", stableId: "elsewhere" }]);
  const { stdout } = await run(["--json"]);
  expect(stdout.split("\n")).toHaveLength(2);
  const { cameras, microphones, screens, pins } = JSON.parse(stdout);
  expect(cameras[0]).toMatchObject({ alias: "cam0", stableId: C920, access: { isAllowed: true }, modes: [] });
  expect([cameras.length, microphones.length, screens.length]).toEqual([3, 3, 1]);
  expect(pins).toEqual([{ name: "yard", stableId: "elsewhere", devices: [] }]);
});

describe("--pin", () => {
  test("keeps a name with the device that an alias means today", async () => {
    const { stdout, stderr } = await run(["--pin", "door=cam0"]);
    expect(await pinsNow()).toEqual([{ name: "door", stableId: C920 }]);
    expect(stderr).toBe(`flvcast: "door" is now cam0 "HD Pro Webcam C920" (video=${C920})\n`);
    expect(stdout).toContain(`Permanent names\n  door         cam0          ${C920}\n`);
  });

  test("keeps a name for a device that is to come, and says that it is not there", async () => {
    const { stdout, stderr } = await run(["--pin", "door=@device_pnp_later"]);
    expect(stderr).toBe('flvcast: "door" is @device_pnp_later, which is not connected\n');
    expect(stdout).toContain("  door         not connected @device_pnp_later\n");
  });

  test("refuses the number of a device that is not there, and changes nothing", async () => {
    await expect(run(["--pin", "door=cam9"])).rejects.toMatchObject({ reason: "deviceAbsent" });
    expect(await pinsNow()).toEqual([]);
  });
});

describe("--unpin", () => {
  test("forgets a name, and with --pin gives it to another", async () => {
    await run(["--pin", "door=cam0"]);
    await run(["--unpin", "door", "--pin", "gate=cam0"]);
    expect(await pinsNow()).toEqual([{ name: "gate", stableId: C920 }]);
  });

  test("of no pin is refused", async () => {
    await expect(run(["--unpin", "door"])).rejects.toMatchObject({ reason: "usage" });
  });
});

test("a broken file of pins is one line, and no list", async () => {
  await writeFile(join(folder, "devices.json"), "{");
  await expect(run([])).rejects.toThrow(`${join(folder, "devices.json")} is not valid`);
});

describe("without an ffmpeg", () => {
  test("Linux lists what it can, and says what is missing", async () => {
    const { code, stderr } = await run([], { platform: "linux", hasFfmpeg: false });
    expect(code).toBe(0);
    expect(stderr).toContain(
      "flvcast: no ffmpeg found: install one. Camera formats are not listed without it\n",
    );
  });

  test.each<[argv: readonly string[], platform: NodeJS.Platform]>([
    [[], "win32"],
    [["--ffmpeg", "/nowhere/ffmpeg"], "linux"],
  ])("%j on %s is a failure", async (argv, platform) => {
    await expect(run(argv, { platform, hasFfmpeg: false })).rejects.toMatchObject({ reason: "noFfmpeg" });
  });
});

test.each<[platform: NodeJS.Platform, advice: string]>([
  ["linux", "Is the camera plugged in? A container needs docker run --device /dev/video0"],
  ["darwin", "Is the camera plugged in, and the terminal allowed in System Settings > Privacy & Security?"],
  ["aix", "Devices on aix are not supported"],
])("nothing found on %s is an answer, with advice", async (platform, advice) => {
  const { code, stdout, stderr } = await run(["--json"], { platform });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '{"cameras":[],"microphones":[],"screens":[],"pins":[]}\n',
  });
  expect(stderr).toBe(`flvcast: no devices found. ${advice}\n`);
});

test("one device is told of by any name of it, alone, and no other", async () => {
  const { code, stdout, stderr } = await run(["C920"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ {2}cam0 {4}HD Pro Webcam C920\n/);
  expect(stdout).not.toContain("Stereo Mix");
  expect(JSON.parse((await run(["mic2", "--json"])).stdout)).toMatchObject({ alias: "mic2", controls: [] });
  await expect(run(["cam7"])).rejects.toThrow(/^device "cam7" not found; available: cam0 /);
});
