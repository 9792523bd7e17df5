import { statusOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { chooseStreams, notRunning, type RunningStream, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { statusOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { StreamStatus } from "../stream.ts";
import { statusLine } from "../systemd/reporter.ts";
import type { Command, Environment, Io } from "./command.ts";
import { statusTable } from "./status-table.ts";
import { statusText } from "./status-text.ts";

export const status: Command = {
  usage: "flvcast status [NAME…] [--json | --healthy]",
  description: "Shows the running streams, including services. With NAME, shows details.",
  flags: Object.values(statusOptions),
  examples: [
    ["flvcast status", "all running streams"],
    ["flvcast status garden", "details of one stream"],
    ["flvcast status --healthy garden", "for health checks: silent and 0, or why not and 1"],
    ["flvcast status --json | jq '.[].viewers'", "for scripts"],
  ],
  epilogue: "Exit code 0 if all streams shown are on air or idle, 1 if one is not, 3 if none is\nrunning.",
  run: (flags, env, io) => runStatus(flags, env, io),
};

async function runStatus(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { names, json, healthy } = readSettings(statusOptions, flags, env);
  const all = await runningStreams(env);
  if (healthy) return await judge(all, names, io);
  const shown = names.length === 0 ? all : chooseStreams(all, names);
  if (shown.length === 0) {
    if (json) io.stdout.write("[]\n");
    throw notRunning(all, null);
  }
  const answers = await Promise.all(shown.map(answerOf));
  const statuses = answers.flatMap((answer) => (answer instanceof UserError ? [] : [answer]));
  const silent = answers.filter((answer) => answer instanceof UserError);
  const areNamed = shown.some(({ key }) => names.some((name) => name === key || name.endsWith(`/${key}`)));
  if (json) writeJson(statuses, names.length === 1 && shown.length === 1, io);
  else if (areNamed) io.stdout.write(statuses.map((one) => statusText(one, Date.now())).join("\n"));
  else if (statuses.length > 0) io.stdout.write(statusTable(statuses, Date.now(), io.stdout.columns));
  for (const { message } of silent) io.stderr.write(`flvcast: ${message}\n`);
  return silent.length === 0 && statuses.every(isWatchable) ? exitCodes.ok : exitCodes.failure;
}

/** For those who only want to know whether all is well. */
async function judge(all: readonly RunningStream[], names: readonly string[], io: Io): Promise<number> {
  const why = await whatIsWrong(all, names);
  if (why === null) return exitCodes.ok;
  io.stdout.write(`${why}\n`);
  return exitCodes.failure;
}

async function whatIsWrong(all: readonly RunningStream[], names: readonly string[]): Promise<string | null> {
  try {
    const meant = names.length === 0 ? all : chooseStreams(all, names);
    if (meant.length === 0) throw notRunning(all, null);
    const ill = (await Promise.all(meant.map(statusOf))).find((one) => !isWatchable(one));
    return ill === undefined ? null : `"${ill.name}": ${statusLine([ill])}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** An object for one stream by its name, otherwise an array. */
function writeJson(statuses: readonly StreamStatus[], isOne: boolean, io: Io): void {
  const told = isOne ? statuses[0] : statuses;
  if (told !== undefined) io.stdout.write(`${JSON.stringify(told)}\n`);
}

/** One that hangs is said to, beside those that answer. */
async function answerOf(stream: Holder): Promise<StreamStatus | UserError> {
  try {
    return await statusOf(stream);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** One that is idle would start with the next viewer, unless that has failed. */
function isWatchable({ state, isReachable, lastError }: StreamStatus): boolean {
  if (!isReachable) return false;
  return state === "on-air" || state === "degraded" || (state === "idle" && lastError === null);
}
