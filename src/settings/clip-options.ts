import { snapshotOptions } from "./control-options.ts";
import { type OptionTable, switchOption } from "./option.ts";
import { parseClipFile, parseClipLengthMs } from "./parse.ts";
import type { ClipSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

export const clipOptions: OptionTable<ClipSettings> = {
  name: snapshotOptions.name,
  lastMs: {
    flag: "last",
    group: "Options",
    metavar: "TIME",
    help: "how much of the stream, e.g. 30s; it starts at the key frame before",
    fallbackText: "all of --history",
    fallback: null,
    isFlagOnly: true,
    parse: parseClipLengthMs,
  },
  output: {
    ...snapshotOptions.output,
    help: "file to write, .mp4 or .flv; - for stdout, as FLV",
    parse: parseClipFile,
  },
  force: switchOption("force", "Options", "overwrite the file if it exists", { isFlagOnly: true }),
  ffmpeg: startOptions.ffmpeg,
};
