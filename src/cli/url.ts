import { statusOf, urlOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { chooseStream, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { urlOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

/** `flvcast url` */
export const url: Command = {
  usage: "flvcast url [NAME] [--all]",
  description:
    "Prints the URL to watch a running stream at, with its token. NAME may be left out when only one runs.",
  flags: Object.values(urlOptions),
  examples: [
    ['vlc "$(flvcast url garden)"', "watches it"],
    ["flvcast url garden --all", "with --host 0.0.0.0: also by a VPN, or from this machine"],
  ],
  epilogue: "Exit code 3 when it is not running.",
  run: async (flags, env, io) => {
    const { name, all } = readSettings(urlOptions, flags, env);
    const stream = chooseStream(await runningStreams(env), name);
    const address = await urlOf(stream);
    if (address === null)
      throw new UserError("notReady", `${stream.key} has no URL yet: it is being started`);
    const others = all ? await othersOf(stream, address) : [];
    io.stdout.write([address, ...others].map((one) => `${one}\n`).join(""));
    return exitCodes.ok;
  },
};

/** The stream's further URLs, with the token that the first has. */
async function othersOf(stream: Holder, first: string): Promise<readonly string[]> {
  const { search } = new URL(first);
  const { urls } = await statusOf(stream);
  return urls.map((one) => `${one}${search}`).filter((one) => one !== first);
}
