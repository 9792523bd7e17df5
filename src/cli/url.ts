import { statusOf, urlOf } from "../control/ask.ts";
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
  epilogue: "Exit code 3 when it is not running, 17 when the address it listens on is gone.",
  run: async (flags, env, io) => {
    const { name, all } = readSettings(urlOptions, flags, env);
    const stream = chooseStream(await runningStreams(env), name);
    const [address, { urls, isReachable, lastError }] = [await urlOf(stream), await statusOf(stream)];
    if (address === null)
      throw new UserError("notReady", `${stream.key} has no URL yet: it is being started`);
    if (!isReachable)
      throw new UserError("addressUnavailable", `${stream.key} cannot be reached just now: ${lastError}`);
    const others = all ? othersOf(urls, address) : [];
    io.stdout.write([address, ...others].map((one) => `${one}\n`).join(""));
    return exitCodes.ok;
  },
};

/** The stream's further URLs, with the token that the first has. */
function othersOf(urls: readonly string[], first: string): readonly string[] {
  const { search } = new URL(first);
  return urls.map((one) => `${one}${search}`).filter((one) => one !== first);
}
