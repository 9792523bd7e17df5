import { statusOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { chooseStream, notRunning, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { statusOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { StreamStatus } from "../status.ts";
import type { Command, Environment, Io } from "./command.ts";
import { statusText } from "./status-text.ts";

/** `flvcast status` */
export const status: Command = {
  usage: "flvcast status [NAME] [--json]",
  description: "Shows how the running streams are doing, or the one called NAME; services, too.",
  flags: Object.values(statusOptions),
  examples: [
    ["flvcast status", "all that run"],
    ["flvcast status garden >/dev/null || echo trouble", "for scripts"],
    ["flvcast status --json | jq '.[].viewers'", "for programs"],
  ],
  epilogue: "Exit code 0 when all shown can be watched, 1 when one cannot, 3 when none runs.",
  run: (flags, env, io) => runStatus(flags, env, io),
};

async function runStatus(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, json } = readSettings(statusOptions, flags, env);
  const running = await runningStreams(env);
  const shown = name === null ? running : [chooseStream(running, name)];
  if (shown.length === 0) {
    if (json) io.stdout.write("[]\n");
    throw notRunning(running, name);
  }
  const answers = await Promise.all(shown.map(answerOf));
  const statuses = answers.flatMap((answer) => (answer instanceof UserError ? [] : [answer]));
  const silent = answers.filter((answer) => answer instanceof UserError);
  if (json) {
    const [first] = statuses;
    if (name === null) io.stdout.write(`${JSON.stringify(statuses)}\n`);
    else if (first !== undefined) io.stdout.write(`${JSON.stringify(first)}\n`);
  } else io.stdout.write(statuses.map((one) => statusText(one, Date.now())).join("\n"));
  for (const { message } of silent) io.stderr.write(`flvcast: ${message}\n`);
  return silent.length === 0 && statuses.every(isWatchable) ? exitCodes.ok : exitCodes.failure;
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

function isWatchable({ state, isReachable }: StreamStatus): boolean {
  return isReachable && (state === "on-air" || state === "degraded");
}
