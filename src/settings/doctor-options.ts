import type { OptionTable } from "./option.ts";
import type { DoctorSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

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
