import { type OptionTable, switchOption } from "./option.ts";
import { parseName, parsePin, parsePinName, parseText } from "./parse.ts";
import type { DevicesSettings, DoctorSettings, EncodersSettings, ServiceSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** Every option of `flvcast devices`, in the order of the help text. */
export const devicesOptions: OptionTable<DevicesSettings> = {
  device: {
    flag: "device",
    group: "What to capture",
    metavar: "DEVICE",
    help: "tell of this one alone: its alias, node, id, pin or a part of its name; of a camera, also the controls it has",
    fallbackText: "all",
    fallback: null,
    isFlagOnly: true,
    isPositional: true,
    parse: parseText,
  },
  pin: {
    flag: "pin",
    group: "Names that stay",
    metavar: "NAME=DEVICE",
    help: "let NAME mean this very device from now on, whatever its number; DEVICE as listed, or its id",
    fallbackText: null,
    fallback: null,
    isFlagOnly: true,
    parse: parsePin,
  },
  unpin: {
    flag: "unpin",
    group: "Names that stay",
    metavar: "NAME",
    help: "forget the name",
    fallbackText: null,
    fallback: null,
    isFlagOnly: true,
    parse: parsePinName,
  },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};

/** Every option of `flvcast doctor`, in the order of the help text. */
export const doctorOptions: OptionTable<DoctorSettings> = {
  host: {
    ...startOptions.host,
    help: "address to listen on; with one that others reach, a firewall in their way is a failure",
    fallback: null,
  },
  port: { ...startOptions.port, help: "port to listen on" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};

/** Every option of `flvcast encoders`, in the order of the help text. */
export const encodersOptions: OptionTable<EncodersSettings> = {
  probe: switchOption("probe", "What to try", "try all again, whatever earlier runs found out", {
    isFlagOnly: true,
  }),
  size: { ...startOptions.size, fallbackText: "1280x720" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};

/** Every option of `flvcast service …`, in the order of the help text. */
export const serviceOptions: OptionTable<ServiceSettings> = {
  isUsers: switchOption("user", "Which service", "a service of this user's own systemd, without root", {
    isFlagOnly: true,
  }),
  name: {
    flag: "name",
    group: "Which service",
    metavar: "NAME",
    help: "what the service is called: flvcast-NAME",
    fallbackText: "the stream's",
    fallback: null,
    isFlagOnly: true,
    parse: parseName,
  },
};
