import { snapshotOptions } from "./control-options.ts";
import { commandOptions, switchOption, timeWithin } from "./option.ts";
import { parseClipFile } from "./parse.ts";
import type { ClipSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

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
