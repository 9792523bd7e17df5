import { restartStream } from "../control/ask.ts";
import { findStreams } from "../control/streams.ts";
import { exitCodes } from "../errors.ts";
import { namedOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

export const restart: Command = {
  usage: "flvcast restart [NAME]",
  description:
    "Restarts the capture of a running stream. Viewers stay connected. NAME is optional if only one is running.",
  flags: Object.values(namedOptions),
  examples: [["flvcast restart garden", "e.g. after changing a setting of the camera"]],
  epilogue:
    "The stream keeps the options it was started with. The name of a server restarts all\nof its streams; to read its file again: flvcast reload.",
  run: async (flags, env) => {
    const { name } = readSettings(namedOptions, flags, env);
    await Promise.all((await findStreams(env, name === null ? [] : [name])).map(restartStream));
    return exitCodes.ok;
  },
};
