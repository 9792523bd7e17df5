import type { OptionTable } from "./option.ts";
import { parsePath } from "./parse.ts";

/** What a command that reads a configuration file is asked for. */
export interface ConfigSettings {
  /** null: the usual places. */
  readonly file: string | null;
}

/** Every option of `flvcast config check`. */
export const configOptions: OptionTable<ConfigSettings> = {
  file: {
    flag: "file",
    group: "Options",
    metavar: "FILE",
    help: "configuration file",
    fallbackText: "flvcast.yml here, or in the configuration folder",
    fallback: null,
    isFlagOnly: true,
    isPositional: true,
    suggestions: { files: true },
    parse: parsePath,
  },
};
