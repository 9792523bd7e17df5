import { resolve } from "node:path";
import { grouped } from "./option.ts";
import { parseHistoryMs, parsePath } from "./parse.ts";
import type { HistorySettings, HistoryValues } from "./settings.ts";

/** What is kept of a stream for clips, and where SIGUSR1 saves them. */
export const historyOptions = grouped<HistoryValues>("Recording", {
  historyMs: {
    flag: "history",
    metavar: "TIME",
    help: "keep the last seconds of the stream in memory for clips, up to 64 MB, e.g. 30s; none: do not",
    fallbackText: "none",
    fallback: null,
    nullText: "none",
    parse: parseHistoryMs,
  },
  clipFolder: {
    flag: "clip-folder",
    metavar: "FOLDER",
    help: "where SIGUSR1 saves a clip of what --history keeps",
    fallbackText: "--record's folder, or here",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parsePath,
  },
});

/** null where nothing is kept. @param record the folder of recordings */
export function historySettings(
  { historyMs, clipFolder }: HistoryValues,
  record: string | null,
): HistorySettings | null {
  if (historyMs === null) return null;
  return { lengthMs: historyMs, clipFolder: resolve(clipFolder ?? record ?? ".") };
}
