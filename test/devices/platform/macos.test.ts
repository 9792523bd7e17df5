import { describe, expect, test } from "vitest";
import { macos } from "../../../src/devices/platform/macos.ts";
import { microphoneOf } from "../../../src/devices/select.ts";
import { machineOfListings } from "../../system/fake-machine.ts";
import { elCapitan, faceTimeModes, twoScreens, withIds } from "./macos-listings.ts";

const LIST = "-hide_banner -nostdin -f avfoundation -list_devices true -i ";
const MODES = "-hide_banner -nostdin -f avfoundation -video_size 1x1 -i ";

function context(listing: string, modes: Readonly<Record<string, string>> = {}) {
  const asked = Object.entries(modes).map(([node, answer]) => [`${MODES}${node}`, answer]);
  const machine = machineOfListings("darwin", { [LIST]: listing, ...Object.fromEntries(asked) });
  return { machine, ffmpegPath: "ffmpeg" };
}

const numbered = (names: readonly string[]) => names.map((name, index) => `[A @ 0x1] [${index}] ${name}`);

/** A listing of cameras, and microphones, by name alone. */
function listed(cameras: readonly string[], microphones: readonly string[] = []): string {
  return [
    "[A @ 0x1] AVFoundation video devices:",
    ...numbered(cameras),
    "[A @ 0x1] AVFoundation audio devices:",
    ...numbered(microphones),
  ].join("\n");
}

test("a camera is opened by its name, and has the modes that ffmpeg tells when it is asked for an impossible size", async () => {
  const [camera, ...others] = await macos.cameras(
    context(twoScreens, { "FaceTime HD Camera": faceTimeModes }),
  );
  expect(others).toEqual([]);
  expect(camera).toMatchObject({
    alias: "cam0",
    name: "FaceTime HD Camera",
    node: "FaceTime HD Camera",
    stableId: "FaceTime HD Camera",
    access: { isAllowed: true },
  });
  expect(camera?.modes).toHaveLength(7);
});

test("a camera that the system keeps from us says why, and what to do", async () => {
  const refusal =
    "[avfoundation @ 0x7f8] Failed to create AV capture input device: Cannot use FaceTime HD Camera";
  const [camera] = await macos.cameras(context(twoScreens, { "FaceTime HD Camera": refusal }));
  expect(camera?.access).toEqual({
    isAllowed: false,
    reason: "Cannot use FaceTime HD Camera",
    fix: "allow camera access for your terminal in System Settings > Privacy & Security > Camera",
  });
});

test("microphones and screens are inputs, too", async () => {
  const microphones = await macos.microphones(context(elCapitan));
  expect(microphones.map(({ alias, node, isMonitor }) => ({ alias, node, isMonitor }))).toEqual([
    { alias: "mic0", node: ":Soundflower (64ch)", isMonitor: true },
    { alias: "mic1", node: ":Built-in Microphone", isMonitor: false },
    { alias: "mic2", node: ":Soundflower (2ch)", isMonitor: true },
    { alias: "mic3", node: ":Built-in Input", isMonitor: false },
  ]);
  const screens = await macos.screens(context(twoScreens));
  expect(screens.map(({ alias, node }) => ({ alias, node }))).toEqual([
    { alias: "screen0", node: "Capture screen 0" },
    { alias: "screen1", node: "Capture screen 1" },
  ]);
});

describe("where a name would mean something else to ffmpeg, the index is opened", () => {
  test.each<[reason: string, names: readonly string[], nodes: readonly string[]]>([
    ["two of one name", ["USB Camera", "USB Camera"], ["0", "1"]],
    ["a name that begins another", ["CamTwist", "CamTwist (2VUY)"], ["0", "CamTwist (2VUY)"]],
    ["a number at the beginning", ["4K Camera"], ["0"]],
    ["a colon", ["Camera: left"], ["0"]],
    ["a word of ffmpeg's", ["default cam", "nonesuch"], ["0", "1"]],
  ])("%s", async (_, names, nodes) => {
    expect((await macos.cameras(context(listed(names)))).map(({ node }) => node)).toEqual(nodes);
  });
});

describe("the stable id", () => {
  test("is the serial number, or the system's id, where ffmpeg tells them", async () => {
    expect((await macos.cameras(context(withIds))).map(({ stableId }) => stableId)).toEqual([
      "uid:47B4B64B-7067-4B9C-AD2B-AE273A71F4B5",
      "serial:SN0001",
    ]);
  });

  test("is the system's where two have one serial number", async () => {
    const twins = listed(["A  [uid:0x1] [serial:0001]", "B  [uid:0x2] [serial:0001]"]);
    expect((await macos.cameras(context(twins))).map(({ stableId }) => stableId)).toEqual([
      "uid:0x1",
      "uid:0x2",
    ]);
  });

  test("tells devices of one name apart by their order", async () => {
    const twins = listed(["USB Camera", "USB Camera"]);
    expect((await macos.cameras(context(twins))).map(({ stableId }) => stableId)).toEqual([
      "USB Camera",
      "USB Camera #2",
    ]);
  });
});

describe("a camera's own microphone", () => {
  test.each<[cameras: readonly string[], microphones: readonly string[], own: string | null]>([
    [["Logitech BRIO"], ["Built-in", "Logitech BRIO"], "Logitech BRIO"],
    [["USB Camera"], ["USB Camera Audio"], "USB Camera Audio"],
    [["MacBook Pro Camera"], ["MacBook Pro Microphone"], "MacBook Pro Microphone"],
    [["Studio Display Camera"], ["Studio Display Microphone"], "Studio Display Microphone"],
    [["iPhone Camera", "iPhone Desk View Camera"], ["iPhone Microphone"], "iPhone Microphone"],
    [["USB Camera"], ["USB Microphone"], null],
    [["USB Camera", "USB Camera"], ["USB Camera"], null],
    [["A  [uid:1] [serial:7]"], ["Mic  [uid:2] [serial:7]"], "Mic"],
    [["A  [uid:1]"], ["Mic  [uid:2]"], null],
  ])("of %j among %j is %j", async (cameras, microphones, own) => {
    const found = context(listed(cameras, microphones));
    const [camera] = await macos.cameras(found);
    if (camera === undefined) throw new Error("no camera in the listing");
    expect(microphoneOf(camera, await macos.microphones(found))?.name ?? null).toBe(own);
  });
});

test("without an ffmpeg nothing is found, and nothing fails", async () => {
  const nothing = { machine: machineOfListings("darwin", {}), ffmpegPath: "ffmpeg" };
  expect(await macos.cameras(nothing)).toEqual([]);
  expect(await macos.microphones(nothing)).toEqual([]);
  expect(await macos.screens(nothing)).toEqual([]);
});
