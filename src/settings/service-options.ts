import type { OptionTable } from "./option.ts";
import { parseName, parseSwitch } from "./parse.ts";
import type { ServiceSettings } from "./settings.ts";

/** Every option of `flvcast service …`, in the order of the help text. */
export const serviceOptions: OptionTable<ServiceSettings> = {
  isUsers: {
    flag: "user",
    group: "Which service",
    metavar: null,
    help: "a service of this user's own systemd, without root",
    fallbackText: null,
    fallback: false,
    isFlagOnly: true,
    parse: parseSwitch,
  },
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
