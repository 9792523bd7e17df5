import { accessOptions } from "./access-options.ts";
import type { OptionTable } from "./option.ts";
import { serveOptions } from "./serve-options.ts";
import type { ServerSettings, StartValues } from "./settings.ts";

/** What each option of a server of many streams says by itself. */
export type ServerValues = ServerSettings & Pick<StartValues, "listen" | "maxViewers">;

const { name: _, ...listening } = serveOptions;
const { showToken: __, ...access } = accessOptions;

/** Every option of the server itself, whatever it streams: flags of `serve`, and keys at the top of its file. */
export const serverOptions: OptionTable<ServerValues> = {
  ...listening,
  maxViewers: {
    ...listening.maxViewers,
    help: "maximum number of viewers of all streams together; further ones get 503",
  },
  ...access,
};
