import { statusOf, urlOf } from "../control/ask.ts";
import { chooseStream, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { urlOptions } from "../settings/control-options.ts";
import { readSettings } from "../settings/read-options.ts";
import type { Command } from "./command.ts";

/** `flvcast url` */
export const url: Command = {
  usage: "flvcast url [NAME] [--all] [--json]",
  description: "Prints the URL of a running stream, with its token. NAME is optional if only one is running.",
  flags: Object.values(urlOptions),
  examples: [
    ['vlc "$(flvcast url garden)"', "play it in VLC"],
    ["flvcast url garden --all", "with --host 0.0.0.0: at every address of this machine"],
  ],
  epilogue: "Exit code 3 if it is not running, 17 if the address it listens on is gone.",
  run: async (flags, env, io) => {
    const { name, all, json } = readSettings(urlOptions, flags, env);
    const stream = chooseStream(await runningStreams(env), name);
    const [address, { urls, isReachable, lastError }] = [await urlOf(stream), await statusOf(stream)];
    if (address === null)
      throw new UserError("notReady", `"${stream.key}" has no URL yet: it is still starting`);
    if (!isReachable)
      throw new UserError(
        "addressUnavailable",
        `"${stream.key}" cannot be reached at the moment: ${lastError}`,
      );
    const shown = [address, ...(all ? othersOf(urls, address) : [])];
    io.stdout.write(
      json
        ? `${JSON.stringify({ name: stream.key, url: address, ...(all ? { urls: shown } : {}) })}\n`
        : shown.map((one) => `${one}\n`).join(""),
    );
    return exitCodes.ok;
  },
};

/** The stream's further URLs, with the token that the first has. */
function othersOf(urls: readonly string[], first: string): readonly string[] {
  const { search } = new URL(first);
  return urls.map((one) => `${one}${search}`).filter((one) => one !== first);
}
