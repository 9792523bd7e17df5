import { stopStream } from "../control/ask.ts";
import { chooseStream, runningStreams } from "../control/streams.ts";
import { exitCodes } from "../errors.ts";
import { namedOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

/** `flvcast stop` */
export const stop: Command = {
  usage: "flvcast stop [NAME]",
  description:
    "Ends a running stream in order, and returns when it is over. NAME may be left out when only one runs.",
  flags: Object.values(namedOptions),
  examples: [["flvcast stop garden", "the stream that was started with --name garden"]],
  epilogue: "A service is stopped with systemctl, which would start it again otherwise.",
  run: async (flags, env) => {
    const { name } = readSettings(namedOptions, flags, env);
    await stopStream(chooseStream(await runningStreams(env), name));
    return exitCodes.ok;
  },
};
