import { expect, test } from "vitest";
import type { Camera, Device, Microphone, Screen } from "../../src/devices/device.ts";
import { checkDevices, checkSession } from "../../src/doctor/devices.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

const camera: Camera = {
  ...{ kind: "camera", alias: "cam0", name: "C920", node: "/dev/video0", stableId: "usb-1", demuxer: "v4l2" },
  ...{ physicalId: null, modes: [], access: { isAllowed: true }, holders: [] },
};
const microphone: Microphone = {
  ...{
    kind: "microphone",
    alias: "mic0",
    name: "C920",
    node: "plughw:1,0",
    stableId: "usb-1",
    demuxer: "alsa",
  },
  ...{ physicalId: null, isMonitor: false, access: { isAllowed: true }, holders: [{ pid: 9, name: "obs" }] },
};

const toldOf = async (...devices: Device[]) =>
  told(await checkDevices(contextWith({}, { devices: async () => devices })));

test("each is a line; a microphone is shared", async () => {
  expect(await toldOf(camera, microphone)).toEqual([
    "ok | cam0 | C920 (/dev/video0)",
    "ok | mic0 | C920 (plughw:1,0)",
  ]);
});

test("one that may not be opened is a failure, with what mends it", async () => {
  const access = {
    isAllowed: false,
    reason: "it is for group video",
    fix: "sudo usermod -aG video kim",
  } as const;
  expect(await toldOf({ ...camera, access }, microphone)).toContain(
    "failure | cam0 | C920 (/dev/video0): it is for group video | sudo usermod -aG video kim",
  );
});

test("a screen that may not be opened is a warning: its variable may be left over", async () => {
  const screen: Screen = {
    ...{
      kind: "screen",
      alias: "screen0",
      name: "X11 screen",
      node: ":5",
      stableId: ":5",
      demuxer: "x11grab",
    },
    ...{ area: null, access: { isAllowed: false, reason: "nobody answers", fix: "start it" }, holders: [] },
  };
  expect(await toldOf(camera, microphone, screen)).toContain(
    "warning | screen0 | X11 screen (:5): nobody answers | start it",
  );
});

test("a camera that another program has open is a warning, and who it is", async () => {
  expect(await toldOf({ ...camera, holders: [{ pid: 77, name: "obs" }] }, microphone)).toContain(
    "warning | cam0 | C920 (/dev/video0): in use by obs (pid 77) | kill 77",
  );
});

test("several programs are all told, and how to end them", async () => {
  const holders = [
    { pid: 77, name: "obs" },
    { pid: 78, name: "vlc" },
  ];
  expect(await toldOf({ ...camera, holders }, microphone)).toContain(
    "warning | cam0 | C920 (/dev/video0): in use by obs (pid 77), vlc (pid 78) | kill 77 78",
  );
});

const subjectsOf = async (...devices: Device[]) =>
  (await toldOf(...devices)).map((line) => line.split(" | ")[1]);

test("each kind that is missing is missed by itself", async () => {
  expect(await subjectsOf(camera)).toEqual(["microphones", "cam0"]);
  expect(await subjectsOf(microphone)).toEqual(["cameras", "mic0"]);
});

test("none at all is a warning: there are files and network cameras", async () => {
  expect((await toldOf()).map((line) => line.split(" | ").slice(0, 2))).toEqual([
    ["warning", "cameras"],
    ["warning", "microphones"],
  ]);
});

test("a Wayland session is told what it keeps from being captured", async () => {
  expect(told(await checkSession(contextWith({ env: { WAYLAND_DISPLAY: "wayland-0" } })))[0]).toMatch(
    /^warning \| session/,
  );
  expect(await checkSession(contextWith({ env: { DISPLAY: ":0" } }))).toEqual([]);
  expect(await checkSession(contextWith({ env: { XDG_SESSION_TYPE: "wayland" } }))).toHaveLength(1);
  expect(await checkSession(contextWith({ env: { XDG_SESSION_TYPE: "x11" } }))).toEqual([]);
  expect(
    await checkSession(contextWith({ platform: "darwin", env: { WAYLAND_DISPLAY: "wayland-0" } })),
  ).toEqual([]);
});
