import { describe, expect, test } from "vitest";
import { windows } from "../../../src/devices/platform/windows.ts";
import { microphoneOf } from "../../../src/devices/select.ts";
import { machineOfListings } from "../../system/fake-machine.ts";
import { c920Modes, headers, oldest, suffixes } from "./windows-listings.ts";

const LIST = "-hide_banner -nostdin -f dshow -list_devices true -i dummy";
const OPTIONS = "-hide_banner -nostdin -f dshow -list_options true -i ";

const C920 = String.raw`@device_pnp_\\?\usb#vid_046d&pid_082d&mi_00#7&10a84933&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global`;

function context(listing: string, answers: Readonly<Record<string, string>> = {}) {
  return {
    machine: machineOfListings("win32", { [LIST]: listing, ...answers }),
    ffmpegPath: "ffmpeg",
  };
}

test("a camera is opened by its path, which is its stable id", async () => {
  const [camera] = await windows.cameras(context(suffixes, { [`${OPTIONS}video=${C920}`]: c920Modes }));
  expect(camera).toMatchObject({
    alias: "cam0",
    name: "HD Pro Webcam C920",
    node: `video=${C920}`,
    stableId: C920,
    access: { isAllowed: true },
  });
  expect(camera?.modes.map(({ format }) => format)).toEqual(["yuyv422", "yuyv422"]);
});

test("an ffmpeg that tells no paths opens by name", async () => {
  const cameras = await windows.cameras(context(oldest));
  expect(cameras.map(({ node, stableId }) => [node, stableId])).toEqual([
    ["video=Integrated Camera", "Integrated Camera"],
    ["video=screen-capture-recorder", "screen-capture-recorder"],
  ]);
});

test("what sends both is a camera and a microphone, of one physical device", async () => {
  const found = context(suffixes);
  const camera = (await windows.cameras(found)).find(({ name }) => name === "Game Capture HD60 S");
  const microphone = (await windows.microphones(found)).find(({ name }) => name === "Game Capture HD60 S");
  expect(camera?.physicalId).toBe(microphone?.physicalId);
  expect(microphone?.node).toMatch(/^audio=@device_sw_/);
});

test("what records the machine's own sound is a monitor", async () => {
  const microphones = await windows.microphones(context(suffixes));
  expect(microphones.filter(({ isMonitor }) => isMonitor).map(({ name }) => name)).toEqual([
    "Stereo Mix (Realtek(R) Audio)",
  ]);
});

test("the desktop is a screen, with or without an ffmpeg", async () => {
  const nothing = { machine: machineOfListings("win32", {}), ffmpegPath: "ffmpeg" };
  expect(await windows.screens(nothing)).toMatchObject([
    { alias: "screen0", node: "desktop", demuxer: "gdigrab" },
  ]);
  expect(await windows.cameras(nothing)).toEqual([]);
  expect(await windows.microphones(nothing)).toEqual([]);
});

/** A listing of devices: their name, what they send, and their path. */
const listed = (devices: readonly (readonly [name: string, sends: string, path: string])[]) =>
  devices.map(([name, sends, path]) => `"${name}" (${sends})\n  Alternative name "${path}"`).join("\n");

const USB = (instance: string, unit: string) =>
  String.raw`@device_pnp_\\?\usb#vid_1234&pid_5678&mi_${unit}#${instance}#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global`;

describe("a camera's own microphone", () => {
  test.each<[how: string, listing: string, own: string | null]>([
    ["by its name", suffixes, "Microphone (HD Pro Webcam C920)"],
    [
      "by its USB path",
      listed([
        ["Cam", "video", USB("7&1&0&0000", "00")],
        ["Other", "video", USB("7&2&0&0000", "00")],
        ["Sound", "audio", USB("7&1&0&0002", "02")],
      ]),
      "Sound",
    ],
    [
      "by the whole instance of its USB path",
      listed([
        ["Cam", "video", USB("7&1111&0&0000", "00")],
        ["Other", "video", USB("7&2222&0&0000", "00")],
        ["Sound", "audio", USB("7&2222&0&0002", "02")],
        ["More", "audio", USB("7&1111&0&0002", "02")],
      ]),
      "More",
    ],
    [
      "by its USB path in capitals",
      listed([
        ["Cam", "video", USB("7&1&0&00AB", "00")],
        ["Sound", "audio", USB("7&1&0&00AC", "02")],
      ]),
      "Sound",
    ],
    [
      "by as much of its name as old Windows shows",
      listed([
        ["HD Pro Webcam C920", "video", "@1"],
        ["Microphone (HD Pro Webcam C920", "audio", "@2"],
        ["Microphone (2- HD Pro Webcam", "audio", "@3"],
      ]),
      "Microphone (HD Pro Webcam C920",
    ],
    [
      "by as much of its name as 31 letters hold",
      listed([
        ["HD Pro Webcam C920 Deluxe", "video", "@1"],
        ["Other", "video", "@2"],
        ["Microphone (Another one with it)", "audio", "@3"],
        ["Microphone (HD Pro Webcam C920 D", "audio", "@4"],
      ]),
      "Microphone (HD Pro Webcam C920 D",
    ],
    [
      "not by a few letters of its name",
      listed([
        ["HD Pro Webcam", "video", "@1"],
        ["A microphone of any other kind (HD Pro", "audio", "@2"],
      ]),
      null,
    ],
    [
      "not where two cameras have one name",
      listed([
        ["USB Camera", "video", "@1"],
        ["USB Camera", "video", "@2"],
        ["Microphone (USB Camera)", "audio", "@3"],
      ]),
      null,
    ],
    ["not where none is like it", headers, null],
  ])("%s", async (_, listing, own) => {
    const [camera] = await windows.cameras(context(listing));
    if (camera === undefined) throw new Error("no camera in the listing");
    expect(microphoneOf(camera, await windows.microphones(context(listing)))?.name ?? null).toBe(own);
  });
});
