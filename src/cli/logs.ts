import { readdir } from "node:fs/promises";
import { followLog, logBytes, logPathOf, readLog } from "../control/log-file.ts";
import { notRunning, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { logsOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { foldersOf } from "../system/folders.ts";
import type { Command, Environment, Io } from "./command.ts";
import { endSignals } from "./signals.ts";

/** `flvcast logs` */
export const logs: Command = {
  usage: "flvcast logs [NAME] [-f]",
  description: "Prints what a detached stream has said. NAME may be left out where there is one log.",
  flags: Object.values(logsOptions),
  examples: [
    ["flvcast logs garden", "the last megabyte or two"],
    ["flvcast logs garden -f", "and what comes, until Ctrl-C"],
  ],
  epilogue: "A log outlives its stream. A service's is with the system: journalctl -u UNIT.",
  run: (flags, env, io) => runLogs(flags, env, io),
};

async function runLogs(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, follow } = readSettings(logsOptions, flags, env);
  const folder = foldersOf(env).state;
  const path = logPathOf(folder, name ?? (await onlyLog(folder, env)));
  const text = readLog(path);
  if (text === null) throw await noLog(name, env);
  const bytes = logBytes(path);
  io.stdout.write(text);
  if (follow) await copyOn(path, bytes, env, io);
  return exitCodes.ok;
}

/** Of several, the one whose stream runs. */
async function onlyLog(folder: string, env: Environment): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith(".log")).map((file) => file.slice(0, -".log".length));
  const running = new Set((await runningStreams(env)).map(({ key }) => key));
  const live = names.filter((one) => running.has(one));
  const [first, second] = live.length > 0 ? live : names;
  if (first === undefined) throw await noLog(null, env);
  if (second !== undefined) {
    throw new UserError("usage", `several streams have logs: say which, ${names.toSorted().join(", ")}`);
  }
  return first;
}

async function noLog(name: string | null, env: Environment): Promise<UserError> {
  const running = await runningStreams(env);
  const [stream] = running.filter(({ key }) => name === null || key === name);
  if (stream === undefined) return notRunning(running, name);
  return new UserError(
    "failure",
    `${stream.key} was not detached, and what it says is where it was started: for a service, ` +
      `journalctl _PID=${stream.pid}`,
  );
}

/** Until a signal, or until nobody reads. */
async function copyOn(path: string, fromBytes: number, env: Environment, io: Io): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const signals = endSignals(env);
  for (const signal of signals) io.on(signal, end);
  io.stdout.on("error", end);
  try {
    for await (const piece of followLog(path, fromBytes, over.signal)) io.stdout.write(piece);
  } finally {
    for (const signal of signals) io.off(signal, end);
  }
}
