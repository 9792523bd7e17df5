import { reloadServer } from "../control/ask.ts";
import { chooseServer, running } from "../control/streams.ts";
import { exitCodes } from "../errors.ts";
import { reloadOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

export const reload: Command = {
  usage: "flvcast reload [SERVER]",
  description:
    "Has a running flvcast serve read its configuration again. Streams that did not change are not interrupted.",
  flags: Object.values(reloadOptions),
  examples: [["flvcast reload", "after editing flvcast.yml"]],
  epilogue:
    "Exit code 2 if the file has errors, which are printed; then nothing changes. 3 if no\nserver is running.",
  run: async (flags, env) => {
    const { name } = readSettings(reloadOptions, flags, env);
    await reloadServer(chooseServer((await running(env)).servers, name));
    return exitCodes.ok;
  },
};
