import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { followLog, logBytes, logPathOf, readLog } from "../control/log-file.ts";
import { serverKey, serverNameOf } from "../control/server-key.ts";
import { notRunning, running, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { logsOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { foldersOf } from "../system/folders.ts";
import type { Command, Environment, Io } from "./command.ts";
import { endSignals } from "./signals.ts";

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
  const log = name === null ? { key: await onlyLog(folder, env), only: null } : await logNamed(name, env);
  const path = logPathOf(folder, log.key);
  const bytes = logBytes(path); // before it is read: what is written in between is followed, not lost
  const text = readLog(path);
  if (text === null) throw await noLog(name, env);
  const filter = log.only === null ? null : new LineFilter(linesOf(log.only));
  const shown = filter === null ? text : filter.push(text);
  io.stdout.write(lines === null ? shown : lastLines(shown, lines));
  if (follow) await copyOn({ path, fromBytes: bytes, filter }, env, io);
  return exitCodes.ok;
}

/** A log, and the stream whose lines are wanted alone; null: all. */
interface MeantLog {
  readonly key: string;
  readonly only: string | null;
}

/** A stream's own log, that of its server, or that of a server. */
async function logNamed(name: string, env: Environment): Promise<MeantLog> {
  const [server, stream] = name.includes("/") ? name.split("/") : [null, name];
  if (server != null && stream !== undefined) return { key: serverKey(server), only: stream };
  const inServer = (await runningStreams(env).catch(() => [])).find(({ key }) => key === name)?.server;
  if (inServer !== undefined) return { key: inServer.key, only: name };
  const hasOwn = existsSync(logPathOf(foldersOf(env).state, name));
  const isServers = !hasOwn && existsSync(logPathOf(foldersOf(env).state, serverKey(name)));
  return { key: isServers ? serverKey(name) : name, only: null };
}

/** Which lines of a server's log a stream has said: see `inStream`. */
function linesOf(stream: string): (line: string) => boolean {
  const [text, json] = [`: ${JSON.stringify(stream)}: `, `"stream":${JSON.stringify(stream)}`];
  return (line) => line.includes(text) || (line.startsWith("{") && line.includes(json));
}

/** Whole lines of what comes in pieces, of which some are wanted. */
class LineFilter {
  readonly #isWanted: (line: string) => boolean;
  /** A piece may end within a character. */
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(isWanted: (line: string) => boolean) {
    this.#isWanted = isWanted;
  }

  push(piece: Buffer): Buffer {
    const lines = (this.#rest + this.#decoder.write(piece)).split("\n");
    this.#rest = lines.pop() ?? "";
    return Buffer.from(
      lines
        .filter(this.#isWanted)
        .map((line) => `${line}\n`)
        .join(""),
    );
  }
}

function lastLines(text: Buffer, lines: number): Buffer {
  let from = text.length;
  for (let left = text.at(-1) === NEWLINE ? lines + 1 : lines; left > 0 && from !== -1; left--)
    from = from === 0 ? -1 : text.lastIndexOf(NEWLINE, from - 1); // a negative offset would count from the end
  return text.subarray(from + 1);
}

const NEWLINE = 0x0a;

/** Of several, the one whose stream runs. */
async function onlyLog(folder: string, env: Environment): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith(".log")).map((file) => file.slice(0, -".log".length));
  const { streams, servers } = await running(env);
  const live = new Set([...streams, ...servers].map(({ key }) => key));
  const ofRunning = names.filter((one) => live.has(one));
  const [first, second] = ofRunning.length > 0 ? ofRunning : names;
  if (first === undefined) throw await noLog(null, env);
  if (second !== undefined) {
    throw new UserError("usage", `several streams have logs; give one of: ${shownNames(names)}`);
  }
  return first;
}

function shownNames(keys: readonly string[]): string {
  return keys
    .map((key) => serverNameOf(key) ?? key)
    .toSorted()
    .join(", ");
}

async function noLog(name: string | null, env: Environment): Promise<UserError> {
  const { streams, servers } = await running(env);
  const [found] = [...streams, ...servers].filter(
    ({ key }) => name === null || (serverNameOf(key) ?? key) === name,
  );
  if (found === undefined) return notRunning(streams, name);
  return new UserError(
    "failure",
    `"${serverNameOf(found.key) ?? found.key}" was not started with --detach, so it has no log. For a service: journalctl _PID=${found.pid}`,
  );
}

/** Until a signal, or until nobody reads. */
async function copyOn(
  { path, fromBytes, filter }: { path: string; fromBytes: number; filter: LineFilter | null },
  env: Environment,
  io: Io,
): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const signals = endSignals(env);
  for (const signal of signals) io.on(signal, end);
  io.stdout.on("error", end);
  try {
    for await (const piece of followLog(path, fromBytes, over.signal))
      io.stdout.write(filter === null ? piece : filter.push(piece));
  } finally {
    for (const signal of signals) io.off(signal, end);
  }
}
