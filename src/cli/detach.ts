import { appendFileSync, closeSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { resolve } from "node:path";
import type { ServerConfig } from "../config/file.ts";
import { type Launched, launch } from "../control/launch.ts";
import { logPathOf, openLog } from "../control/log-file.ts";
import { holderOf } from "../control/name-lock.ts";
import { alreadyRunning } from "../control/serve.ts";
import { serverKey } from "../control/server-key.ts";
import { exitCodes, UserError } from "../errors.ts";
import { environmentName } from "../settings/option.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import { serveCommandOptions } from "../settings/serve-command-options.ts";
import { serverFlags } from "../settings/server-options.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { prepareStateFolder, UnwritableError, writing } from "../system/state-folder.ts";
import { version } from "../version.ts";
import { argumentsOf } from "./arguments.ts";
import type { Environment, Flag, Io } from "./command.ts";
import { eraseFirstSign } from "./first-sign.ts";
import { logLine, undated } from "./log-lines.ts";
import { endSignals, forcedExitCode } from "./signals.ts";
import { printUrl } from "./url-output.ts";

/** `flvcast start --detach`: prints what start prints, as soon as it does. Resolves to the exit code. @throws UserError */
export async function detach(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name } = resolveStartSettings(flags, env).channel;
  return await show(name, await launchStart(withToken(flags, io), env, io), io);
}

/** Has a process of its own run `flvcast start`; a signal meanwhile ends that. @throws UserError */
export async function launchStart(flags: FlagTexts, env: Environment, io: Io): Promise<Launched> {
  const { name } = resolveStartSettings(flags, env).channel;
  return await launchCommand(
    { name, key: name, words: ["start"], options: Object.values(startOptions), flags },
    env,
    io,
  );
}

/** `flvcast serve --detach`, the same for a server of several streams. */
export async function detachServe(
  flags: FlagTexts,
  { settings, path }: ServerConfig,
  env: Environment,
  io: Io,
): Promise<number> {
  const name = settings.serverName;
  const options = [...Object.values(serveCommandOptions), ...Object.values(serverFlags)];
  const file = path === null ? [] : [[serveCommandOptions.config.flag, resolve(path)] as const];
  const given = new Map([...withToken(flags, io), ...file]);
  const launched = await launchCommand(
    {
      name,
      key: serverKey(name),
      words: ["serve"],
      options,
      flags: given,
      lines: Math.max(1, settings.streams.length),
    },
    env,
    io,
  );
  return await show(name, launched, io);
}

function withToken(flags: FlagTexts, io: Io): FlagTexts {
  return io.stdout.isTTY ? new Map([...flags, [startOptions.showToken.flag, "true"]]) : flags;
}

async function show(name: string, launched: Launched, io: Io): Promise<number> {
  eraseFirstSign(io);
  io.stderr.write(launched.said);
  if (launched.kind === "failed") return launched.exitCode;
  await printUrl(io, name, launched.line);
  return exitCodes.ok;
}

interface Detachable {
  readonly name: string;
  /** What its name is held by, and its log called. */
  readonly key: string;
  readonly words: readonly string[];
  readonly options: readonly Flag[];
  readonly flags: FlagTexts;
  /** That its result has. */
  readonly lines?: number;
}

async function launchCommand(
  { name, key, words, options, flags, lines = 1 }: Detachable,
  env: Environment,
  io: Io,
): Promise<Launched> {
  const interrupted = new AbortController();
  let received: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    received = signal;
    interrupted.abort();
  };
  const signals = endSignals(env);
  for (const signal of signals) io.on(signal, onSignal);
  try {
    const log = await logFor(env, key);
    if (log.path !== null && log.trouble === null) beginLog(log.path, name);
    const command = [
      ...[process.execPath, ...process.execArgv, process.argv[1] ?? "", ...words],
      ...argumentsOf(options, childFlags(options, flags)),
    ];
    const run = await launch({
      command: command as [string, ...string[]], // it begins with node
      env: { ...env, ...secretsIn(options, flags) },
      logPath: log.path,
      signal: interrupted.signal,
      lines,
    });
    const launched = { ...run, said: undated(run.said) };
    if (received !== null) return { kind: "failed", exitCode: forcedExitCode(received), said: launched.said };
    const told = explained(log.trouble === null ? launched : warned(launched, log.trouble, name), name);
    return (await holderOf(foldersOf(env).state, key)) === null ? unfindable(told, name) : told;
  } finally {
    for (const signal of signals) io.off(signal, onSignal);
  }
}

/** What a log begins each start with. */
function beginLog(path: string, name: string): void {
  const text = `starting "${name}" (flvcast ${version})`;
  appendFileSync(path, logLine({ level: "notice", event: "starting", text }, "dated", Date.now()));
}

/** An end without a failure and without a URL is one for those who wait for the URL. */
function explained(launched: Launched, name: string): Launched {
  if (launched.kind === "ready") return launched;
  const { exitCode, said } = launched;
  if (exitCode === exitCodes.ok) {
    return {
      ...launched,
      exitCode: exitCodes.notReady,
      said: `${said}flvcast: "${name}" was stopped before it started\n`,
    };
  }
  return said === ""
    ? { ...launched, said: `flvcast: "${name}" ended with exit code ${exitCode}; it has no log\n` }
    : launched;
}

/** What the stream itself cannot say, since nobody would read it. */
function warned(launched: Launched, trouble: string, name: string): Launched {
  return { ...launched, said: `flvcast: ${trouble}: "${name}" has no log\n${launched.said}` };
}

/** A stream that could not take its name says so in its log, which is where nobody looks, if there is one. */
function unfindable(launched: Launched, name: string): Launched {
  if (launched.kind === "failed") return launched;
  const { pid, said } = launched;
  const line = `flvcast: flvcast stop will not find "${name}"; stop it with: kill ${pid}\n`;
  return { ...launched, said: `${said}${line}` };
}

interface Log {
  /** Null where it cannot be opened. */
  readonly path: string | null;
  /** Why it cannot be written. */
  readonly trouble: string | null;
}

/** Where the stream's log goes. @throws UserError where it runs, or the folder is not ours alone */
async function logFor(env: Environment, key: string): Promise<Log> {
  if (process.platform === "win32") {
    throw new UserError("usage", "--detach does not work on Windows");
  }
  const folder = foldersOf(env).state;
  try {
    await prepareStateFolder(folder);
    const holder = await holderOf(folder, key);
    if (holder !== null) throw alreadyRunning(holder); // the child would say so in that stream's log
    const path = logPathOf(folder, key);
    await writing(folder, async () => closeSync(openLog(path)));
    return { path, trouble: (await isFull(folder)) ? `the disk of ${folder} is full` : null };
  } catch (error) {
    if (error instanceof UnwritableError) return { path: null, trouble: error.message };
    throw error;
  }
}

async function isFull(folder: string): Promise<boolean> {
  const { blocks, bavail } = await statfs(folder);
  return blocks > 0 && bavail === 0; // some kinds of file system count no blocks
}

/** Other users see a process's arguments, and not its environment. */
function secretsIn(options: readonly Flag[], flags: FlagTexts): Environment {
  const secret = options.filter(({ isSecret }) => isSecret);
  return Object.fromEntries(
    secret.flatMap(({ flag }) => {
      const text = flags.get(flag);
      return text === undefined ? [] : [[environmentName(flag), text]];
    }),
  );
}

/** What the child is started with: not again by itself, and without secrets. */
function childFlags(options: readonly Flag[], flags: FlagTexts): FlagTexts {
  const left = options.filter(({ isSecret }) => isSecret).map(({ flag }) => flag);
  return new Map([...flags].filter(([flag]) => flag !== startOptions.detach.flag && !left.includes(flag)));
}
