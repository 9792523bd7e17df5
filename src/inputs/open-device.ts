import { called, plain } from "../devices/called.ts";
import { cameraSource, type StampedBy } from "../devices/camera-source.ts";
import type { Camera, Device, Devices, Microphone } from "../devices/device.ts";
import { microphoneSource } from "../devices/microphone-source.ts";
import { chooseMode, type ModeRequest } from "../devices/mode.ts";
import type { Pin } from "../devices/pins.ts";
import { listDevices } from "../devices/platform/list.ts";
import { screenSource } from "../devices/screen.ts";
import { absentDevice, microphoneOf, selectAmong } from "../devices/select.ts";
import type { Source } from "../devices/source.ts";
import type { DeviceName } from "../devices/spec.ts";
import { namedMicrophone, unlistedDevice } from "../devices/unlisted.ts";
import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import type { Machine } from "../system/machine.ts";

/** Where devices are looked for, and what is wanted of them. */
export interface DeviceOptions {
  readonly ffmpeg: FfmpegBinary;
  readonly machine: Machine;
  readonly pins: readonly Pin[];
  readonly mode: ModeRequest;
  readonly stampedBy: StampedBy;
}

/** Finds the device that is named, and how it is to be opened. @throws UserError when it cannot be */
export async function openDevice(name: DeviceName, options: DeviceOptions): Promise<Source> {
  const device = await findDevice(name, options).catch(async (failure: unknown) => {
    throw (await cameraInstead(name, options)) ?? failure;
  });
  if (!device.access.isAllowed) {
    const { reason, fix } = device.access;
    throw new UserError("permission", `${device.alias}: ${reason}; ${fix}`);
  }
  return sourceOf(device, options);
}

/** @throws UserError where it is not there */
async function findDevice(name: DeviceName, options: DeviceOptions): Promise<Device> {
  const found = await listDevices(contextOf(options), name.kinds);
  const device = (await namedDevice(name, found, options)) ?? (await unlisted(name, options.machine));
  if (device !== null) return device;
  throw absentDevice(name.text, name.kinds[0] ?? "camera", allOf(found));
}

/** For a microphone that is not there: that a camera is called so, or is pinned by that name; null where none is. */
async function cameraInstead({ text, kinds }: DeviceName, options: DeviceOptions): Promise<UserError | null> {
  if (kinds.includes("camera")) return null;
  const camera = await findDevice({ text, kinds: ["camera"] }, options).catch(() => null);
  if (camera === null) return null;
  return new UserError(
    "deviceAbsent",
    `"${plain(text)}" is a camera without audio of its own: ${called(camera)}; use a microphone (list them with: flvcast devices)`,
  );
}

/** The microphone in the same case as the camera; null when there is none, or nobody may open it. */
export async function openMicrophoneOf(camera: Camera, options: MicrophoneOptions): Promise<Source | null> {
  if (camera.physicalId === null) return null;
  const { microphones } = await listDevices(contextOf(options), ["microphone"]);
  const own = microphoneOf(camera, microphones);
  return own?.access.isAllowed ? microphoneSource(own) : null;
}

type MicrophoneOptions = Pick<DeviceOptions, "machine" | "ffmpeg">;

const contextOf = ({ machine, ffmpeg }: MicrophoneOptions) => ({ machine, ffmpegPath: ffmpeg.path });

const allOf = ({ cameras, screens, microphones }: Devices) => [...cameras, ...screens, ...microphones];

async function namedDevice(
  { text, kinds }: DeviceName,
  found: Devices,
  { machine, pins }: DeviceOptions,
): Promise<Device | null> {
  if (text === "default" && !kinds.includes("camera")) return defaultMicrophone(found.microphones, machine);
  const realPath = text.startsWith("/") ? await machine.realpath(text) : null;
  return selectAmong(found, { text, pins, realPath });
}

function sourceOf(device: Device, options: DeviceOptions): Source {
  switch (device.kind) {
    case "camera":
      return cameraSource(device, modeOf(device, options.mode), options.stampedBy);
    case "microphone":
      return microphoneSource(device);
    case "screen":
      return screenSource(device, options.mode.fps);
  }
}

function modeOf(camera: Camera, wanted: ModeRequest) {
  const mode = chooseMode(camera.modes, wanted);
  if (mode !== null) return mode;
  const offered = [...new Set(camera.modes.map(({ format }) => format))].join(", ");
  throw new UserError(
    "usage",
    `${camera.alias} does not support ${wanted.inputFormat === null ? "any format ffmpeg knows" : `the format "${wanted.inputFormat}"`}; it offers ${offered} (details: flvcast devices)`,
  );
}

/** The sound server's choice where one answers, else the system's. */
function defaultMicrophone(microphones: readonly Microphone[], { platform }: Machine): Microphone | null {
  const isServed = microphones.some(({ demuxer }) => demuxer === "pulse");
  switch (platform) {
    case "linux":
      return namedMicrophone(isServed ? "pulse" : "alsa", "default");
    case "darwin":
      return namedMicrophone("avfoundation", ":default");
    default:
      return microphones[0] ?? null;
  }
}

/** A node that was given and is in no list: ffmpeg says best what is wrong with it, where it is there at all. */
async function unlisted({ text, kinds }: DeviceName, machine: Machine): Promise<Device | null> {
  const device = unlistedDevice(text);
  if (device === null || !kinds.includes(device.kind)) return null;
  return device.kind === "camera" && (await machine.realpath(text)) === null ? null : device;
}
