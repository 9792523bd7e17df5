import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { explainFailure, type FailedDevice } from "../../src/inputs/device-failure.ts";
import type { Machine } from "../../src/system/machine.ts";

const camera: FailedDevice = { alias: "cam0", node: "/dev/video0", demuxer: "v4l2" };
const microphone: FailedDevice = { alias: "mic0", node: "plughw:1,0", demuxer: "alsa" };
const busy = new UserError("deviceBusy", "cam0: in use (ffmpeg: Device or resource busy)");
const forbidden = new UserError("permission", "cam0: permission denied (ffmpeg: Permission denied)");
const absent = new UserError("deviceAbsent", "cam0: not found (ffmpeg: No such file or directory)");

/** A machine with a camera and a card in the groups video and audio, and kim, who is in neither. */
function machine(options: {
  held?: "/dev/video0" | "/dev/snd/pcmC1D0c";
  by?: string;
  allowed?: boolean;
}): Machine {
  const nodes: Readonly<Record<string, number>> = {
    "/dev/video0": 44,
    "/dev/snd/controlC1": 29,
    "/dev/snd/pcmC1D0c": 29,
  };
  const texts: Readonly<Record<string, string>> = {
    "/etc/group": "root:x:0:\naudio:x:29:\nvideo:x:44:ana\nkim:x:1000:\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nkim:x:1000:1000::/home/kim:/bin/sh\n",
    "/proc/self/status":
      "Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t1000 \n",
    "/proc/1234/status": "Name:\tobs\nTgid:\t1234\nPid:\t1234\nPPid:\t1\n",
    "/proc/1234/comm": `${options.by ?? "obs"}\n`,
    "/proc/asound/cards": " 1 [C920           ]: USB-Audio - HD Pro Webcam C920\n",
    "/proc/asound/pcm": "01-00: USB Audio : USB Audio : capture 1\n",
  };
  const folders: Readonly<Record<string, readonly string[]>> =
    options.held === undefined ? {} : { "/proc": ["1234", "self"], "/proc/1234/fd": ["0", "7"] };
  return {
    platform: "linux",
    env: {},
    run: async () => null,
    readText: async (path) => texts[path] ?? null,
    list: async (folder) => folders[folder] ?? [],
    realpath: async (path) => (path === "/dev/v4l/by-id/cam" ? "/dev/video0" : path in nodes ? path : null),
    readlink: async (path) => (path === "/proc/1234/fd/7" ? (options.held ?? null) : null),
    mayOpen: async () => options.allowed ?? true,
    groupOf: async (path) => {
      const gid = nodes[path];
      return gid === undefined ? null : { gid, groupMayWrite: true };
    },
  };
}

describe("a device that cannot be captured is explained by what the machine knows of it", () => {
  it.each<[string, UserError, FailedDevice, Machine, number, string]>([
    [
      "a camera that a program uses",
      ...([busy, camera, machine({ held: "/dev/video0" }), 11] as const),
      "cam0 (/dev/video0) is in use by obs (pid 1234); close it and try again",
    ],
    [
      "a camera given by its stable id",
      ...([
        busy,
        { ...camera, alias: "/dev/v4l/by-id/cam", node: "/dev/v4l/by-id/cam" },
        machine({ held: "/dev/video0" }),
        11,
      ] as const),
      "/dev/v4l/by-id/cam is in use by obs (pid 1234); close it and try again",
    ],
    [
      "a camera that another user's program uses",
      ...([busy, camera, machine({}), 11] as const),
      "cam0 (/dev/video0) is in use by another user's program; find it with: sudo fuser -v /dev/video0",
    ],
    [
      "a microphone that a program uses",
      ...([busy, microphone, machine({ held: "/dev/snd/pcmC1D0c" }), 11] as const),
      "mic0 (plughw:1,0) is in use by obs (pid 1234); close it and try again",
    ],
    [
      "a microphone that the sound server uses",
      ...([busy, microphone, machine({ held: "/dev/snd/pcmC1D0c", by: "pipewire" }), 11] as const),
      "mic0 (plughw:1,0) is in use by pipewire (pid 1234); record through this sound server instead (its sources: flvcast devices)",
    ],
    [
      "a camera of a group that the user is not in",
      ...([forbidden, camera, machine({ allowed: false }), 12] as const),
      "cam0: no permission on /dev/video0: it is for group video; sudo usermod -aG video kim, then log in again",
    ],
    [
      "a node in no list, of such a group",
      ...([forbidden, { ...camera, alias: "/dev/video0" }, machine({ allowed: false }), 12] as const),
      "no permission on /dev/video0: it is for group video; sudo usermod -aG video kim, then log in again",
    ],
    [
      "a camera that a container keeps away",
      ...([forbidden, camera, machine({ allowed: true }), 12] as const),
      "cam0 (/dev/video0) is blocked by the container or service; give it access to /dev/video0",
    ],
    [
      "a card that ALSA calls absent, for want of permission",
      ...([absent, microphone, machine({ allowed: false }), 12] as const),
      "mic0: no permission on /dev/snd/controlC1: it is for group audio; sudo usermod -aG audio kim, then log in again",
    ],
    [
      "a card by its name, likewise",
      ...([
        absent,
        { ...microphone, node: "plughw:CARD=C920,DEV=0" },
        machine({ allowed: false }),
        12,
      ] as const),
      "mic0: no permission on /dev/snd/controlC1: it is for group audio; sudo usermod -aG audio kim, then log in again",
    ],
    [
      "a card that is not there",
      ...([
        absent,
        { ...microphone, alias: "plughw:9,0", node: "plughw:9,0" },
        machine({ allowed: false }),
        10,
      ] as const),
      "plughw:9,0 is not connected; plug it in, or list the devices with: flvcast devices",
    ],
    [
      "a machine without a microphone",
      ...([absent, { ...microphone, alias: "default", node: "default" }, machine({}), 10] as const),
      "the default microphone is not connected; plug one in, or list the devices with: flvcast devices",
    ],
    [
      "a camera that is not there",
      ...([absent, { ...camera, node: "/dev/video9" }, machine({}), 10] as const),
      "cam0 (/dev/video9) is not connected; plug it in, or list the devices with: flvcast devices",
    ],
  ])("%s", async (_case, failure, device, there, exitCode, message) => {
    const explained = await explainFailure(failure, device, there);
    expect([explained.exitCode, explained.message]).toEqual([exitCode, message]);
    expect(explained.cause).toBe(failure);
  });

  it.each<[string, UserError, FailedDevice]>([
    ["a sound server's source", absent, { alias: "mic1", node: "mic_feed", demuxer: "pulse" }],
    ["a node that is no camera", absent, camera],
    ["a card that is there and free, and yet refused", absent, microphone],
    [
      "a full USB bus",
      new UserError("deviceBusy", "cam0: busy (ffmpeg: …: No space left on device)"),
      camera,
    ],
    [
      "a format that the camera has not",
      new UserError("usage", "cam0: (ffmpeg: No such input format)"),
      camera,
    ],
  ])("%s keeps ffmpeg's own words", async (_case, failure, device) => {
    expect(await explainFailure(failure, device, machine({}))).toBe(failure);
  });
});
