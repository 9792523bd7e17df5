import { type Option, type OptionTable, switchOption } from "./option.ts";
import { parseName, parsePath } from "./parse.ts";
import type {
  LogsSettings,
  NamedSettings,
  SnapshotSettings,
  StatusSettings,
  UrlSettings,
} from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** The stream that a command is about. `FLVCAST_NAME` names the one to start, and none here. */
const name: Option<string | null> = {
  flag: "name",
  group: "Which stream",
  metavar: "NAME",
  help: "the stream's name; may be left out where there is only one",
  fallbackText: null,
  fallback: null,
  isFlagOnly: true,
  isPositional: true,
  parse: parseName,
};

/** All that `flvcast stop`, `restart` and `open` take. */
export const namedOptions: OptionTable<NamedSettings> = { name };

/** Every option of `flvcast url`. */
export const urlOptions: OptionTable<UrlSettings> = {
  name,
  all: switchOption("all", "Which stream", "print the URL at every address of this machine, one a line", {
    isFlagOnly: true,
  }),
  page: switchOption("page", "Which stream", "print the URL of the page that plays it in a browser", {
    isFlagOnly: true,
  }),
  qr: switchOption("qr", "Which stream", "print the page's URL, and a QR code of it", { isFlagOnly: true }),
};

/** Every option of `flvcast status`. */
export const statusOptions: OptionTable<StatusSettings> = {
  name,
  json: {
    ...startOptions.json,
    help: "print JSON: an object for a named stream, else an array of all",
  },
};

/** Every option of `flvcast snapshot`. */
export const snapshotOptions: OptionTable<SnapshotSettings> = {
  name,
  output: {
    flag: "output",
    short: "o",
    group: "What to save",
    metavar: "FILE",
    help: "where the picture goes; - is stdout, for a pipe",
    fallbackText: "-",
    fallback: "-",
    suggestions: { files: true },
    isFlagOnly: true,
    parse: parsePath,
  },
};

/** Every option of `flvcast logs`. */
export const logsOptions: OptionTable<LogsSettings> = {
  name,
  follow: switchOption("follow", "Running", "go on with what is written from now on, until Ctrl-C", {
    short: "f",
    isFlagOnly: true,
  }),
};
