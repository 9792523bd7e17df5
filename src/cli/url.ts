import { statusOf, urlOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { findStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { urlOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";
import { printPublish } from "./publish-lines.ts";
import { qrCode } from "./qr-code.ts";

export const url: Command = {
  usage: "flvcast url [NAME] [--all] [--page] [--publish] [--qr] [--json]",
  description: "Prints the URL of a running stream, with its token. NAME is optional if only one is running.",
  flags: Object.values(urlOptions),
  examples: [
    ['vlc "$(flvcast url garden)"', "play it in VLC"],
    ["flvcast url home", 'every stream of the server "home", one per line'],
    ["flvcast url garden --qr", "scan it with a phone"],
    ["flvcast url garden --publish", "what to enter in OBS, if its device is rtmp"],
    ["flvcast url garden --all", "with --host 0.0.0.0: at every address of this machine"],
  ],
  epilogue: "Exit code 3 if it is not running, 17 if the address it listens on is gone.",
  run: (flags, env, io) => runUrl(flags, env, io),
};

async function runUrl(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, all, page, publish, qr, json } = readSettings(urlOptions, flags, env);
  if (publish) return await printPublish({ name, qr, json }, env, io);
  for (const stream of await findStreams(env, name === null ? [] : [name])) {
    const { player, browser, others } = await urlsOf(stream);
    const urls = all ? { urls: [player, ...others] } : {};
    const first = page || qr ? browser : player;
    const further = all ? others.map((one) => (page || qr ? atAddressOf(one, browser) : one)) : [];
    if (qr && !json)
      io.stdout.write((await qrCode(browser, { isColored: io.stdout.isTTY && !env["NO_COLOR"] })).text);
    const lines = json
      ? [JSON.stringify({ name: stream.key, url: player, pageUrl: browser, ...urls })]
      : [first, ...further];
    io.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
  return exitCodes.ok;
}

/** A running stream's URLs, each with the token that it needs. */
interface StreamUrls {
  readonly player: string;
  readonly browser: string;
  /** For players, at this machine's further addresses. */
  readonly others: readonly string[];
}

/** @throws UserError where the stream cannot be watched */
export async function urlsOf(stream: Holder): Promise<StreamUrls> {
  const { key } = stream;
  const [player, { urls, pageUrl, isReachable, lastError }] = [await urlOf(stream), await statusOf(stream)];
  if (player === null) throw new UserError("notReady", `"${key}" has no URL yet: it is still starting`);
  if (!isReachable)
    throw new UserError("addressUnavailable", `"${key}" cannot be reached at the moment: ${lastError}`);
  if (pageUrl === null)
    throw new UserError("failure", `"${key}" was started by an older flvcast: restart it with this one`);
  const { search } = new URL(player);
  const others = urls.map((one) => one + search).filter((one) => one !== player);
  return { player, browser: pageUrl + search, others };
}

/** What is at one URL, at the address of another. */
function atAddressOf(address: string, place: string): string {
  const { pathname, search } = new URL(place);
  return new URL(address).origin + pathname + search;
}
