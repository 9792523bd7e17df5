import { restartStream } from "../control/ask.ts";
import { chooseStream, runningStreams } from "../control/streams.ts";
import { exitCodes } from "../errors.ts";
import { namedOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

/** `flvcast restart` */
export const restart: Command = {
  usage: "flvcast restart [NAME]",
  description:
    "Restarts a running stream and reopens its devices; viewers stay. NAME may be left out when only one runs.",
  flags: Object.values(namedOptions),
  examples: [["flvcast restart garden", "after its camera was given another setting, say"]],
  epilogue: "Options stay as they were given to start.",
  run: async (flags, env) => {
    const { name } = readSettings(namedOptions, flags, env);
    await restartStream(chooseStream(await runningStreams(env), name));
    return exitCodes.ok;
  },
};
