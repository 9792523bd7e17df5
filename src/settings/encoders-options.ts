import type { OptionTable } from "./option.ts";
import { parseSwitch } from "./parse.ts";
import type { EncodersSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** Every option of `flvcast encoders`, in the order of the help text. */
export const encodersOptions: OptionTable<EncodersSettings> = {
  probe: {
    flag: "probe",
    group: "What to try",
    metavar: null,
    help: "try all anew, whatever earlier runs found out",
    fallbackText: null,
    fallback: false,
    isFlagOnly: true,
    parse: parseSwitch,
  },
  size: { ...startOptions.size, fallbackText: "1280x720" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};
