import { commandOptions, type Option, type OptionTable, switchOption } from "./option.ts";
import { parsePath } from "./parse.ts";

const file: Option<string | null> = {
  flag: "file",
  group: "Options",
  metavar: "FILE",
  help: "configuration file",
  fallbackText: "flvcast.yml",
  fallback: null,
  isFlagOnly: true,
  isPositional: true,
  suggestions: { files: true },
  parse: parsePath,
};

interface ConfigCheckSettings {
  readonly file: string | null;
}

interface ConfigShowSettings extends ConfigCheckSettings {
  readonly origin: boolean;
}

/** Every option of `flvcast config check`. */
export const configCheckOptions: OptionTable<ConfigCheckSettings> = { file };

/** Every option of `flvcast config show`. */
export const configShowOptions = commandOptions<ConfigShowSettings>({
  file,
  origin: switchOption("origin", "also print where each value comes from"),
});
