import { statusOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { chooseStreams, notRunning, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { statusOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { StreamStatus } from "../status.ts";
import type { Command, Environment, Io } from "./command.ts";
import { statusTable } from "./status-table.ts";
import { statusText } from "./status-text.ts";

/** `flvcast status` */
export const status: Command = {
  usage: "flvcast status [NAME…] [--json]",
  description: "Shows the running streams, including services. With NAME, shows details.",
  flags: Object.values(statusOptions),
  examples: [
    ["flvcast status", "all running streams"],
    ["flvcast status garden", "details of one stream"],
    ["flvcast status garden >/dev/null || echo down", "alert if a stream is down"],
    ["flvcast status --json | jq '.[].viewers'", "for scripts"],
  ],
  epilogue: "Exit code 0 if all streams shown are on air or idle, 1 if one is not, 3 if none is\nrunning.",
  run: (flags, env, io) => runStatus(flags, env, io),
};

async function runStatus(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { names, json } = readSettings(statusOptions, flags, env);
  const running = await runningStreams(env);
  const shown = names.length === 0 ? running : chooseStreams(running, names);
  if (shown.length === 0) {
    if (json) io.stdout.write("[]\n");
    throw notRunning(running, null);
  }
  const answers = await Promise.all(shown.map(answerOf));
  const statuses = answers.flatMap((answer) => (answer instanceof UserError ? [] : [answer]));
  const silent = answers.filter((answer) => answer instanceof UserError);
  if (json) writeJson(statuses, names, io);
  else if (names.length > 0) io.stdout.write(statuses.map((one) => statusText(one, Date.now())).join("\n"));
  else if (statuses.length > 0) io.stdout.write(statusTable(statuses, Date.now(), io.stdout.columns));
  for (const { message } of silent) io.stderr.write(`flvcast: ${message}\n`);
  return silent.length === 0 && statuses.every(isWatchable) ? exitCodes.ok : exitCodes.failure;
}

/** An object for one name, otherwise an array. */
function writeJson(statuses: readonly StreamStatus[], names: readonly string[], io: Io): void {
  const told = names.length === 1 ? statuses[0] : statuses;
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
