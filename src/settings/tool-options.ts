import { commandOptions, type OptionTable, switchOption } from "./option.ts";
import { parseName, parsePath, parsePin, parsePinName, parseText } from "./parse.ts";
import type { DevicesSettings, DoctorSettings, EncodersSettings, ServiceSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** Every option of `flvcast devices`, in the order of the help text. */
export const devicesOptions: OptionTable<DevicesSettings> = {
  device: {
    flag: "device",
    short: "d",
    group: "Input",
    metavar: "DEVICE",
    help: "show only this device, with its controls: cam0, its node, id, pin or part of its name",
    fallbackText: "all",
    fallback: null,
    isFlagOnly: true,
    isPositional: true,
    parse: parseText,
  },
  pin: {
    flag: "pin",
    group: "Permanent names",
    metavar: "NAME=DEVICE",
    help: "give a device a permanent name, whatever its number; DEVICE as listed, or its id",
    fallback: null,
    isFlagOnly: true,
    parse: parsePin,
  },
  unpin: {
    flag: "unpin",
    group: "Permanent names",
    metavar: "NAME",
    help: "forget a permanent name",
    fallback: null,
    isFlagOnly: true,
    parse: parsePinName,
  },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print a JSON object" },
};

/** Every option of `flvcast doctor`, in the order of the help text. */
export const doctorOptions: OptionTable<DoctorSettings> = {
  host: {
    ...startOptions.host,
    help: "address to test; if others can reach it, a blocking firewall is a failure",
    fallback: null,
  },
  port: { ...startOptions.port, help: "port to test" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print a JSON object" },
};

/** Every option of `flvcast encoders`, in the order of the help text. */
export const encodersOptions = commandOptions<EncodersSettings>({
  probe: switchOption("probe", "test again, ignoring cached results"),
  videoCodec: {
    ...startOptions.videoCodec,
    help: "show only the encoders of h264, h265 or av1",
    fallbackText: "all",
  },
  size: { ...startOptions.size, fallbackText: "1280x720" },
  verbose: { ...startOptions.verbose, help: "also show why the others do not work, and what to do about it" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print a JSON object" },
});

/** Every option of `flvcast service …`, in the order of the help text. */
export const serviceOptions = commandOptions<ServiceSettings>({
  isUsers: switchOption("user", "install for this user only, without root"),
  name: {
    flag: "name",
    short: "n",
    metavar: "NAME",
    help: "name of the service: flvcast-NAME",
    fallbackText: "the stream's name",
    fallback: null,
    parse: parseName,
  },
  config: {
    flag: "config",
    short: "c",
    metavar: "FILE",
    help: "serve the streams of this configuration file (flvcast serve) instead of a device",
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
});
