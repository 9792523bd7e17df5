import { called, plain } from "../devices/called.ts";
import type { Control } from "../devices/control.ts";
import type { Device, Devices } from "../devices/device.ts";
import { devicesOfId, pinTarget } from "../devices/pinning.ts";
import { addPin, type Pin, readPins, removePin, SYSTEM_FOLDER } from "../devices/pins.ts";
import { listDevices } from "../devices/platform/list.ts";
import { listControls } from "../devices/platform/v4l2-controls.ts";
import { absentDevice, selectAmong } from "../devices/select.ts";
import { exitCodes, UserError } from "../errors.ts";
import { type FfmpegBinary, findFfmpeg } from "../ffmpeg/find.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { DevicesSettings, WantedPin } from "../settings/settings.ts";
import { devicesOptions } from "../settings/tool-options.ts";
import { foldersOf } from "../system/folders.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import type { Command, Environment, Io } from "./command.ts";
import { deviceText, listingText, type PlacedPin } from "./device-listing.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface Surroundings {
  readonly machine: Machine;
  readonly findFfmpeg: (asked: string | null) => Promise<Pick<FfmpegBinary, "path">>;
  /** Where the user's pins are, Folders.configuration. */
  readonly configuration: string;
  /** Where the pins for everybody are. */
  readonly systemConfiguration: string;
}

export const devices: Command = {
  usage: "flvcast devices [DEVICE] [options]",
  description: "Lists the cameras, microphones and screens that can be streamed.",
  flags: Object.values(devicesOptions),
  examples: [
    ["flvcast devices", "all devices, with the names that start accepts"],
    ["flvcast devices cam0", "one camera, with the settings for start --control"],
    ["flvcast devices --pin door=cam0", 'give the camera that is now cam0 the permanent name "door"'],
    ["flvcast devices --unpin door", 'forget the name "door"'],
    ["flvcast devices --json | jq -r '.cameras[].node'", "for scripts"],
  ],
  epilogue:
    "Permanent names are saved in ~/.config/flvcast/devices.json; those set by root,\nin /etc/flvcast/devices.json, for all users. If a named device is not connected,\nstart fails rather than use another.",
  run: (flags, env, io) =>
    runDevices(flags, env, io, {
      machine: thisMachine(env),
      findFfmpeg,
      configuration: foldersOf(env).configuration,
      systemConfiguration: SYSTEM_FOLDER,
    }),
};

/** Changes pins as asked, then lists. Resolves to the exit code: finding nothing is an answer, and no failure. @throws UserError */
export async function runDevices(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  surroundings: Surroundings,
): Promise<number> {
  const settings = readSettings(devicesOptions, flags, env);
  const { machine, configuration, systemConfiguration } = surroundings;
  const say = (text: string) => io.stderr.write(`flvcast: ${text}\n`);

  if (settings.unpin !== null) await removePin(configuration, settings.unpin, systemConfiguration);
  const ffmpegPath = await pathOfFfmpeg(settings, surroundings, say);
  const found = await listDevices({ machine, ffmpegPath });
  if (settings.pin !== null) say(await pin(settings.pin, found, surroundings));

  const pins = (await readPins(configuration, systemConfiguration)).map((one) => placed(one, found));
  if (settings.device !== null) {
    const one = await oneDevice(settings.device, found, pins, machine);
    const controls = await controlsOf(one, machine, say);
    io.stdout.write(settings.json ? `${JSON.stringify({ ...one, controls })}\n` : deviceText(one, controls));
    return exitCodes.ok;
  }
  io.stdout.write(settings.json ? `${JSON.stringify({ ...found, pins })}\n` : listingText(found, pins));
  if (Object.values(found).every((list: readonly Device[]) => list.length === 0))
    say(nothingFound(machine.platform));
  return exitCodes.ok;
}

/** @throws UserError where there is none, or several are meant */
async function oneDevice(
  text: string,
  found: Devices,
  pins: readonly Pin[],
  machine: Machine,
): Promise<Device> {
  const realPath = text.startsWith("/") ? await machine.realpath(text) : null;
  const device = selectAmong(found, { text, pins, realPath });
  if (device !== null) return device;
  throw absentDevice(text, "device", [...found.cameras, ...found.screens, ...found.microphones]);
}

/** What a V4L2 camera can be set to; none of what is none, or where nobody can tell. */
async function controlsOf(
  device: Device,
  machine: Machine,
  say: (text: string) => void,
): Promise<readonly Control[]> {
  if (device.demuxer !== "v4l2" || !device.access.isAllowed) return [];
  const controls = await listControls(machine, device.node);
  if (controls === null) say("install v4l-utils to list its controls");
  return controls ?? [];
}

/** Linux tells much by itself; elsewhere it is ffmpeg that lists. */
async function pathOfFfmpeg(
  { ffmpeg }: DevicesSettings,
  { machine, findFfmpeg: find }: Surroundings,
  say: (text: string) => void,
): Promise<string> {
  try {
    return (await find(ffmpeg)).path;
  } catch (error) {
    const isEnoughWithout = machine.platform === "linux" && ffmpeg === null;
    if (!isEnoughWithout || !(error instanceof UserError)) throw error;
    say(`${error.message}. Camera formats are not listed without it`);
    return "ffmpeg";
  }
}

/** Keeps the pin. Returns what has been done, in words. */
async function pin(
  { name, device: text }: WantedPin,
  found: Devices,
  { machine, configuration }: Surroundings,
): Promise<string> {
  const realPath = text.startsWith("/") ? await machine.realpath(text) : null;
  const { stableId, device } = pinTarget(found, { text, realPath });
  await addPin(configuration, { name, stableId });
  return device === null
    ? `"${name}" is ${plain(stableId)}, which is not connected`
    : `"${name}" is now ${called(device)}`;
}

function placed(one: Pin, found: Devices): PlacedPin {
  return { ...one, devices: devicesOfId(found, one.stableId).map(({ alias }) => alias) };
}

function nothingFound(platform: NodeJS.Platform): string {
  const advice: Partial<Record<NodeJS.Platform, string>> = {
    darwin: "Is the camera plugged in, and the terminal allowed in System Settings > Privacy & Security?",
    linux: "Is the camera plugged in? A container needs docker run --device /dev/video0",
    win32: "Is the camera plugged in, and allowed in Settings > Privacy & security?",
  };
  return `no devices found. ${advice[platform] ?? `Devices on ${platform} are not supported`}`;
}
