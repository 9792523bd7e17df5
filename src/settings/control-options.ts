import { commandOptions, type Option, type OptionTable, switchOption, timeWithin } from "./option.ts";
import {
  parseClipFile,
  parseLineCount,
  parseName,
  parsePath,
  parseStreamName,
  parseStreamNames,
} from "./parse.ts";
import { parseMoment, parseSegmentId } from "./parse-record.ts";
import type {
  ClipSettings,
  LogsSettings,
  NamedSettings,
  RecordingsSettings,
  SnapshotSettings,
  StatusSettings,
  StopSettings,
  UrlSettings,
} from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** The stream that a command is about. `FLVCAST_NAME` names the one to start, and none here. */
const name: Option<string | null> = {
  flag: "name",
  short: "n",
  group: "Options",
  metavar: "NAME",
  help: "name of the stream, or SERVER/NAME; optional if there is only one",
  fallback: null,
  isFlagOnly: true,
  isPositional: true,
  suggestions: { streams: true },
  parse: parseStreamName,
};

/** Those that a command is about. */
const names: Option<readonly string[]> = {
  flag: "name",
  short: "n",
  group: "Options",
  metavar: "NAME",
  help: "name of a stream, SERVER/NAME, or a server; may be given more than once",
  fallback: [],
  isFlagOnly: true,
  isPositional: true,
  isList: true,
  suggestions: { streams: true },
  parse: parseStreamNames,
};

const moment = { metavar: "TIME", fallback: null, parse: parseMoment } as const;
const segment = { metavar: "ID", fallback: null, parse: parseSegmentId } as const;

/** All that `flvcast reload` takes. */
export const reloadOptions: OptionTable<NamedSettings> = {
  name: { ...name, help: "name of the server; optional if there is only one", parse: parseName },
};

/** All that `flvcast restart` and `open` take. */
export const namedOptions: OptionTable<NamedSettings> = { name };

export const stopOptions = commandOptions<StopSettings>({
  names: { ...names, help: "name of a stream or server; optional if only one is running" },
  all: switchOption("all", "stop every running stream"),
});

export const urlOptions = commandOptions<UrlSettings>({
  name,
  all: switchOption("all", "print the URL at every address of this machine, one per line"),
  page: switchOption("page", "print the URL of the page that plays it in a browser"),
  qr: switchOption("qr", "print the page's URL, and a QR code of it"),
  publish: switchOption("publish", "print where to publish it from OBS or a phone, with the key"),
  json: { ...startOptions.json, help: "print a JSON object" },
});

export const statusOptions = commandOptions<StatusSettings>({
  names: { ...names, help: "name of a stream, for its details, or of a server" },
  healthy: switchOption("healthy", "print nothing if all are on air, else why one is not"),
  json: {
    ...startOptions.json,
    help: "print JSON: an object for one NAME, otherwise an array",
  },
});

export const snapshotOptions = commandOptions<SnapshotSettings>({
  name,
  output: {
    flag: "output",
    short: "o",
    metavar: "FILE",
    help: "file to write; - for stdout",
    fallbackText: "-",
    fallback: "-",
    suggestions: { files: true },
    parse: parsePath,
  },
});

export const recordingsOptions = commandOptions<RecordingsSettings>({
  name,
  from: {
    ...moment,
    flag: "from",
    help: "only what was recorded after this: 14:00 (today), 2026-11-29 or 2026-11-29T14:00",
  },
  to: { ...moment, flag: "to", help: "only what was recorded before this" },
  keep: { ...segment, flag: "keep", help: "never delete this recording; it moves to the folder kept" },
  noKeep: { ...segment, flag: "no-keep", help: "undo --keep" },
  json: { ...startOptions.json, help: "print JSON: an object for one NAME, otherwise an array" },
});

const { short: _, ...nameAsWord } = name; // its letter is another option's here, as in `tail -n`

export const logsOptions = commandOptions<LogsSettings>({
  name: nameAsWord,
  follow: switchOption("follow", "keep printing new lines, until Ctrl-C", {
    short: "f",
  }),
  lines: {
    flag: "lines",
    short: "n",
    metavar: "COUNT",
    help: "print only the last COUNT lines",
    fallbackText: "all",
    fallback: null,
    parse: parseLineCount,
  },
});

export const clipOptions = commandOptions<ClipSettings>({
  name: snapshotOptions.name,
  lastMs: {
    flag: "last",
    help: "how much of the stream, e.g. 30s; it starts at the key frame before",
    fallbackText: "all of --history",
    fallback: null,
    ...timeWithin(1000, 600_000, "1s to 10m", "30s"),
  },
  output: {
    ...snapshotOptions.output,
    help: "file to write, .mp4 or .flv; - for stdout, as FLV",
    parse: parseClipFile,
  },
  force: switchOption("force", "overwrite the file if it exists"),
  ffmpeg: startOptions.ffmpeg,
});
