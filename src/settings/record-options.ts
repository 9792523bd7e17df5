import { resolve } from "node:path";
import type { RecordSettings } from "../outputs/record/record-settings.ts";
import { grouped, timeWithin, wordOf } from "./option.ts";
import { parsePath, refuse } from "./parse.ts";
import {
  bytesText,
  DEFAULT_RECORD_PATH,
  keepFreeText,
  keepText,
  parseBytes,
  parseKeepFree,
  parseKeepMs,
  parseRecordPath,
  parseWhen,
  whenText,
} from "./parse-record.ts";
import type { RecordValues, ServerSettings } from "./settings.ts";

const timeZones = ["utc", "local"] as const;

export const recordOptions = grouped<RecordValues>("Recording", {
  record: {
    flag: "record",
    metavar: "FOLDER",
    help: "record the stream to files in this folder; none: do not",
    fallbackText: "none",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parseFolder,
  },
  recordPath: {
    flag: "record-path",
    metavar: "PATH",
    help: "path of each file below the folder, without .flv: %name, and the time as %Y, %m, %d, %H, %M, %S",
    fallbackText: DEFAULT_RECORD_PATH,
    fallback: DEFAULT_RECORD_PATH,
    parse: parseRecordPath,
  },
  recordSegmentMs: {
    flag: "record-segment",
    help: "start a new file at each multiple of this by the clock, at the first key frame",
    fallbackText: "10m",
    fallback: 600_000,
    ...timeWithin(1000, 86_400_000, "1s to 24h", "10m"),
  },
  recordKeepMs: {
    flag: "record-keep",
    metavar: "TIME",
    help: "delete files older than this, and the oldest ones while the disk is too full; forever: neither",
    fallbackText: "7d",
    fallback: 7 * 86_400_000,
    text: keepText,
    nullText: "forever",
    parse: parseKeepMs,
  },
  recordMaxBytes: {
    flag: "record-max-size",
    metavar: "SIZE",
    help: "delete the oldest files of the stream when all of them are larger than this, e.g. 50GB",
    fallback: null,
    text: bytesText,
    parse: parseBytes,
  },
  recordWhen: {
    flag: "record-when",
    metavar: "WHEN",
    help: "always, only while it is watched (watched), or at these hours, e.g. 08:00-18:00; always and hours keep a stream running that is on demand",
    fallbackText: "always",
    fallback: "always",
    suggestions: { words: ["always", "watched"] },
    text: whenText,
    parse: parseWhen,
  },
  recordSyncMs: {
    flag: "record-sync",
    help: "write to the disk itself at least this often: what a power cut may cost",
    fallbackText: "5s",
    fallback: 5000,
    ...timeWithin(1000, 600_000, "1s to 10m", "5s"),
  },
  recordTimeZone: {
    flag: "record-time-zone",
    metavar: "ZONE",
    help: "time in file names and of --record-when: utc or local",
    fallbackText: "utc",
    fallback: "utc",
    ...wordOf(timeZones, "is not a time zone here"),
  },
});

function parseFolder(text: string): string | null {
  if (/^(yes|no|true|false|on|off)$/i.test(text))
    refuse("is not a folder: use a path, or none", "/srv/recordings");
  return text === "none" ? null : parsePath(text);
}

/** Of the server: what recordings leave of their disks. */
export const recordServerOptions = grouped<Pick<ServerSettings, "recordKeepFree">>("Recording", {
  recordKeepFree: {
    flag: "record-keep-free",
    metavar: "SIZE",
    help: "leave this much of the disk free, e.g. 10GB or 5%: the oldest files are deleted, and if there are none, recording pauses",
    fallbackText: "1GB or 5%, whichever is larger",
    fallback: null,
    text: keepFreeText,
    parse: parseKeepFree,
  },
});

export function recordSettings(values: RecordValues): RecordSettings | null {
  const { record, recordPath, recordSegmentMs, recordKeepMs, recordMaxBytes } = values;
  if (record === null) return null;
  return {
    ...{ folder: resolve(record), path: recordPath, segmentMs: recordSegmentMs, keepMs: recordKeepMs },
    ...{ maxBytes: recordMaxBytes, when: values.recordWhen, syncMs: values.recordSyncMs },
    timeZone: values.recordTimeZone,
  };
}
