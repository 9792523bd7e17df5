import { urlOf } from "../control/ask.ts";
import { chooseStream, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { namedOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

/** `flvcast url` */
export const url: Command = {
  usage: "flvcast url [NAME]",
  description:
    "Prints the URL to watch a running stream at, with its token. NAME may be left out when only one runs.",
  flags: Object.values(namedOptions),
  examples: [['vlc "$(flvcast url garden)"', "watches it"]],
  epilogue: "Exit code 3 when it is not running.",
  run: async (flags, env, io) => {
    const { name } = readSettings(namedOptions, flags, env);
    const stream = chooseStream(await runningStreams(env), name);
    const address = await urlOf(stream);
    if (address === null)
      throw new UserError("notReady", `${stream.key} has no URL yet: it is being started`);
    io.stdout.write(`${address}\n`);
    return exitCodes.ok;
  },
};
