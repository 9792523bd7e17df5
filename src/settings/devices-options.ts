import type { OptionTable } from "./option.ts";
import { parsePin, parsePinName } from "./parse.ts";
import type { DevicesSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** Every option of `flvcast devices`, in the order of the help text. */
export const devicesOptions: OptionTable<DevicesSettings> = {
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
