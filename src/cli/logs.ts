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
  usage: "flvcast logs [NAME] [-f] [-n COUNT]",
  description: "Prints the log of a detached stream. NAME is optional if there is only one.",
  flags: Object.values(logsOptions),
  examples: [
    ["flvcast logs garden -n 20", "the last 20 lines"],
    ["flvcast logs garden -f", "everything, then new lines as they come, until Ctrl-C"],
  ],
  epilogue: "Logs are kept after a stream ends. For a service, use journalctl -u UNIT.",
  run: (flags, env, io) => runLogs(flags, env, io),
};

async function runLogs(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, follow, lines } = readSettings(logsOptions, flags, env);
  const folder = foldersOf(env).state;
  const path = logPathOf(folder, name ?? (await onlyLog(folder, env)));
  const text = readLog(path);
  if (text === null) throw await noLog(name, env);
  const bytes = logBytes(path);
  io.stdout.write(lines === null ? text : lastLines(text, lines));
  if (follow) await copyOn(path, bytes, env, io);
  return exitCodes.ok;
}

/** The end of a text, from the line that is so many before its end. */
function lastLines(text: Buffer, lines: number): Buffer {
  let from = text.length;
  for (let left = text.at(-1) === NEWLINE ? lines + 1 : lines; left > 0 && from > 0; left--)
    from = text.lastIndexOf(NEWLINE, from - 1);
  return text.subarray(from + 1);
}

const NEWLINE = 0x0a;

/** Of several, the one whose stream runs. */
async function onlyLog(folder: string, env: Environment): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith(".log")).map((file) => file.slice(0, -".log".length));
  const running = new Set((await runningStreams(env)).map(({ key }) => key));
  const live = names.filter((one) => running.has(one));
  const [first, second] = live.length > 0 ? live : names;
  if (first === undefined) throw await noLog(null, env);
  if (second !== undefined) {
    throw new UserError("usage", `several streams have logs; give one of: ${names.toSorted().join(", ")}`);
  }
  return first;
}

async function noLog(name: string | null, env: Environment): Promise<UserError> {
  const running = await runningStreams(env);
  const [stream] = running.filter(({ key }) => name === null || key === name);
  if (stream === undefined) return notRunning(running, name);
  return new UserError(
    "failure",
    `"${stream.key}" was not started with --detach, so it has no log. For a service: journalctl _PID=${stream.pid}`,
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
