import { exitCodes, UserError } from "../errors.ts";
import { quoted, shown } from "../settings/read-options.ts";
import { nearest } from "../suggest.ts";
import { version } from "../version.ts";
import { parseArguments } from "./arguments.ts";
import type { Command, Environment, Io } from "./command.ts";
import { completionEntry, type Entry } from "./command-table.ts";
import { failureText } from "./failure-text.ts";
import { eraseFirstSign, showFirstSign } from "./first-sign.ts";
import { askedLogFormat, logForm } from "./log-form.ts";
import { keepHangupIgnored, releaseClosedTerminals } from "./signals.ts";

/** Every command that has options. */
export const commands: readonly Entry[] = [
  {
    name: "start",
    summary: "start a stream",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "serve",
    summary: "serve many streams from a configuration file",
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "status",
    aliases: ["list", "ls"],
    summary: "show running streams",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "stop",
    summary: "stop a running stream",
    load: async () => (await import("./stop.ts")).stop,
  },
  {
    name: "restart",
    summary: "restart the capture of a running stream",
    load: async () => (await import("./restart.ts")).restart,
  },
  {
    name: "reload",
    summary: "read the configuration of flvcast serve again",
    load: async () => (await import("./reload.ts")).reload,
  },
  {
    name: "logs",
    summary: "show a detached stream's log",
    load: async () => (await import("./logs.ts")).logs,
  },
  {
    name: "url",
    summary: "print the URL of a running stream",
    load: async () => (await import("./url.ts")).url,
  },
  {
    name: "open",
    summary: "open the page of a running stream in the browser",
    load: async () => (await import("./open.ts")).open,
  },
  {
    name: "snapshot",
    summary: "save a still image of a running stream",
    load: async () => (await import("./snapshot.ts")).snapshot,
  },
  {
    name: "clip",
    summary: "save the last seconds of a running stream",
    load: async () => (await import("./clip.ts")).clip,
  },
  {
    name: "recordings",
    summary: "list what is recorded of a running stream",
    load: async () => (await import("./recordings.ts")).recordings,
  },
  {
    name: "ensure",
    summary: "start a stream unless it is running (for cron)",
    load: async () => (await import("./ensure.ts")).ensure,
  },
  {
    name: "devices",
    summary: "list cameras, microphones and screens",
    load: async () => (await import("./devices.ts")).devices,
  },
  {
    name: "encoders",
    summary: "show which video encoders work on this machine",
    load: async () => (await import("./encoders.ts")).encoders,
  },
  {
    name: "doctor",
    summary: "diagnose problems on this machine",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "check",
    summary: "check an HTTP-FLV stream or .flv file for errors",
    load: async () => (await import("./check.ts")).check,
  },
  {
    name: "config check",
    summary: "check a configuration file",
    load: async () => (await import("./config.ts")).configCheck,
  },
  {
    name: "config show",
    summary: "show the settings of a configuration file",
    load: async () => (await import("./config.ts")).configShow,
  },
  {
    name: "config init",
    summary: "print a configuration file for this machine's cameras",
    load: async () => (await import("./config.ts")).configInit,
  },
  {
    name: "config schema",
    summary: "print the JSON schema of configuration files",
    load: async () => (await import("./config.ts")).configSchema,
  },
  {
    name: "service install",
    summary: "install a systemd service",
    load: async () => (await import("./service.ts")).serviceInstall,
  },
  {
    name: "service print",
    summary: "print the unit files without installing them",
    load: async () => (await import("./service.ts")).servicePrint,
  },
  {
    name: "service uninstall",
    summary: "remove the service",
    load: async () => (await import("./service.ts")).serviceUninstall,
  },
];

/** Runs `flvcast` with the arguments after its name. Resolves to the exit code, and never rejects. */
export async function main(argv: readonly string[], env: Environment, io: Io): Promise<number> {
  keepHangupIgnored(env, io);
  releaseClosedTerminals(io);
  let lost: string | undefined;
  for (const stream of [io.stdout, io.stderr]) stream.on("error", ignoreLostOutput);
  io.stdout.on("error", ({ code }: NodeJS.ErrnoException) => (lost = code));
  try {
    const exitCode = await runCommand(argv, env, io);
    // A reader may take its time (`flvcast logs | less`), but a stream that has ended waits for nobody.
    if (!isLong(argv)) await new Promise<void>((resolve) => io.stdout.write("", () => resolve()));
    if (exitCode !== exitCodes.ok || lost === undefined) return exitCode;
    if (lost === "EPIPE") return exitCode; // it has had enough
    throw new UserError("failure", `cannot write to stdout (${lost})`);
  } catch (error) {
    eraseFirstSign(io);
    const form = logForm(askedLogFormat(argv, env), env, io.stderr);
    io.stderr.write(failureText(error, form === "dated" && !isLong(argv) ? "text" : form));
    return error instanceof UserError ? error.exitCode : exitCodes.failure;
  }
}

/** A command that streams, and logs what becomes of it. */
function isLong([word]: readonly string[]): boolean {
  return word === "start" || word === "serve";
}

/** A reader or terminal that went away (`flvcast … | head -1`), or a full disk, ends neither the stream nor the tool. */
function ignoreLostOutput(error: NodeJS.ErrnoException): void {
  if (!["EPIPE", "EIO", "ENOSPC", "EDQUOT"].includes(error.code ?? "")) throw error;
}

async function runCommand([word, ...rest]: readonly string[], env: Environment, io: Io): Promise<number> {
  if (word === undefined) {
    io.stderr.write(await overview());
    return exitCodes.usage;
  }
  if (word === "--help" || word === "-h" || (word === "help" && rest.length === 0)) {
    io.stdout.write(await overview());
    return exitCodes.ok;
  }
  if (word === "--version" || word === "-V" || (word === "version" && rest.length === 0)) {
    io.stdout.write(`${version}\n`);
    return exitCodes.ok;
  }
  if (word === "help") return runCommand([...rest, "--help"], env, io);
  if (word === completionEntry.name) return printCompletion(rest, io);

  const [next, ...after] = rest;
  const twoWords = commands.find(({ name }) => name === `${word} ${next}`);
  const entry =
    twoWords ?? commands.find(({ name, aliases }) => name === word || aliases?.includes(word) === true);
  if (entry === undefined) {
    const group = commands.filter(({ name }) => name.startsWith(`${word} `));
    if (group.length === 0) throw unknownCommand(word);
    if (next !== "--help" && next !== "-h") throw missingSubcommand(word, next, group);
    const { groupHelp } = await import("./help.ts");
    io.stdout.write(await groupHelp(word, group));
    return exitCodes.ok;
  }
  if (isLong([entry.name])) showFirstSign(rest, env, io);
  const command = await entry.load();
  const [own, behind] = splitAtDashes(twoWords === undefined ? rest : after, command);
  const { help, flags, words } = parseArguments(entry.name, command.flags, own, command.takesMore);
  // Other users see a process's arguments; its title is written over them (libuv's uv_set_process_title).
  if (command.flags.some(({ flag, isSecret }) => isSecret && flags.has(flag)))
    process.title = `flvcast ${entry.name}`;
  if (!help) return command.run(flags, env, io, command.takesMore ? words : behind);
  const { commandHelp } = await import("./help.ts");
  io.stdout.write(await commandHelp(command));
  return exitCodes.ok;
}

async function printCompletion(words: readonly string[], io: Io): Promise<number> {
  const { completion, runCompletion } = await import("./completion.ts");
  if (words.some((word) => word === "--help" || word === "-h")) {
    const { commandHelp } = await import("./help.ts");
    io.stdout.write(await commandHelp(completion));
    return exitCodes.ok;
  }
  const { describeCommands } = await import("./command-table.ts");
  return runCompletion(words, await describeCommands(commands), io);
}

/** A command's own arguments, and the words behind `--`. */
function splitAtDashes(
  argv: readonly string[],
  { takesRest }: Command,
): readonly [readonly string[], readonly string[]] {
  const at = takesRest ? argv.indexOf("--") : -1;
  return at === -1 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
}

async function overview(): Promise<string> {
  const { overviewHelp } = await import("./help.ts");
  return overviewHelp([...commands, completionEntry]);
}

function missingSubcommand(word: string, next: string | undefined, group: readonly Entry[]): UserError {
  const [last, ...others] = group.map(({ name }) => name.slice(word.length + 1)).toReversed();
  const list = `${others.toReversed().join(", ")} or ${last}`;
  const what = next === undefined ? "missing subcommand" : `unknown subcommand ${quoted(next)}`;
  return new UserError("usage", `${what}: use ${list}. See: flvcast ${word} --help`);
}

/** What other programs call a command of ours. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...{ run: "start", stream: "start", play: "start", ps: "status", kill: "stop" },
  ...{ log: "logs", uri: "url", cameras: "devices", codecs: "encoders", install: "service install" },
};

function unknownCommand(word: string): UserError {
  if (word.startsWith("-")) {
    return new UserError(
      "usage",
      `${shown(word)} needs a command before it, e.g. flvcast start test. See: flvcast --help`,
    );
  }
  const names = [...commands, completionEntry].map(({ name }) => name);
  const meant = (Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : null) ?? nearest(word, names);
  const hint = meant === null ? "." : `; did you mean ${meant}?`;
  return new UserError("usage", `unknown command ${quoted(word)}${hint} See: flvcast --help`);
}
