import { findStreams, notRunning, type RunningStream } from "../control/streams.ts";
import { exitCodes } from "../errors.ts";
import { namedOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { type NoBrowser, openInBrowser } from "../system/browser.ts";
import type { Command, Environment, Io } from "./command.ts";
import { urlsOf } from "./url.ts";

export const open: Command = {
  usage: "flvcast open [NAME]",
  description:
    "Opens the page of a running stream in the default browser. NAME is optional if only one is running.",
  flags: Object.values(namedOptions),
  examples: [
    ["flvcast open", "watch the only stream"],
    ["flvcast open garden", 'watch "garden"'],
    ["flvcast open home", 'the page with all streams of the server "home"'],
  ],
  epilogue:
    "On a machine without a display, prints the URL instead. Exit code 3 if it is not running,\n17 if the address it listens on is gone.",
  run: (flags, env, io) => runOpen(flags, env, io),
};

const reasons: Readonly<Record<NoBrowser, string>> = {
  "no-display": "this machine has no display",
  "not-installed": "xdg-open is not installed",
  failed: "the browser could not be started",
};

/** Of several, that of all streams of their server. */
async function pageOf(streams: readonly RunningStream[], name: string | null) {
  const [first] = streams;
  if (first === undefined) throw notRunning(streams, name);
  const { browser } = await urlsOf(first);
  if (streams.length === 1) return { browser, title: first.key };
  const { origin, search } = new URL(browser);
  return { browser: `${origin}/${search}`, title: name ?? first.key };
}

async function runOpen(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name } = readSettings(namedOptions, flags, env);
  const streams = await findStreams(env, name === null ? [] : [name]);
  const { browser, title } = await pageOf(streams, name);
  const why = await openInBrowser(browser, env);
  if (why === null) {
    io.stderr.write(`flvcast: opened "${title}" in the browser\n`);
    return exitCodes.ok;
  }
  io.stderr.write(`flvcast: ${reasons[why]}; open this URL in a browser:\n`);
  io.stdout.write(`${browser}\n`);
  return exitCodes.ok;
}
