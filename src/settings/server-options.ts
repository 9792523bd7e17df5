import { accessOptions } from "./access-options.ts";
import type { OptionTable } from "./option.ts";
import { type AnyPublishedValues, anyPublishedOptions, publishOptions } from "./publish-options.ts";
import { recordServerOptions } from "./record-options.ts";
import { runningOptions } from "./running-options.ts";
import { serveOptions } from "./serve-options.ts";
import type { ServerSettings, StartValues } from "./settings.ts";

/** What each option of a server of many streams says by itself. */
export type ServerValues = ServerSettings &
  Pick<StartValues, "listen" | "maxViewers" | "publishKey"> &
  AnyPublishedValues;

const { name: _, ...listening } = serveOptions;
const { showToken: __, ...access } = accessOptions;

/** Every option of the server itself, whatever it streams: keys at the top of its file. */
export const serverOptions: OptionTable<ServerValues> = {
  ...listening,
  maxViewers: {
    ...listening.maxViewers,
    help: "maximum number of viewers of all streams together; further ones get 503",
  },
  ...access,
  ...anyPublishedOptions,
  publishKey: {
    ...publishOptions.publishKey,
    help: "key for publishers of streams that the file does not have; implies publish any. Visible in ps; prefer FLVCAST_PUBLISH_KEY",
    fallbackText: "generated",
  },
  ...recordServerOptions,
};

/** What flags and variables say of the server take precedence over its file, and the ffmpeg they name is that of all streams. */
export const serverFlags: OptionTable<ServerValues & Pick<StartValues, "ffmpeg">> = {
  ...serverOptions,
  ffmpeg: runningOptions.ffmpeg,
};
