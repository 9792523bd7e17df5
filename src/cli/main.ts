import { exitCodes, UserError } from "../failure.ts";
import { shown } from "../settings/read-options.ts";
import { version } from "../version.ts";
import { parseArguments } from "./arguments.ts";
import type { Command, Environment, Io } from "./command.ts";
import { failureText } from "./report.ts";
import { nearest } from "./suggest.ts";

interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Loaded when it is called for: a command costs the others no start-up time. */
  readonly load: () => Promise<Command>;
}

const commands: readonly Entry[] = [
  {
    name: "start",
    summary: "capture a device and serve it",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "devices",
    summary: "list what can be captured here",
    load: async () => (await import("./devices.ts")).devices,
  },
  {
    name: "encoders",
    summary: "which video encoders work here, and why others do not",
    load: async () => (await import("./encoders.ts")).encoders,
  },
  {
    name: "doctor",
    summary: "look for what keeps this machine from streaming",
    load: async () => (await import("./doctor.ts")).doctor,
  },
];

/** Runs `flvcast` with the arguments after its name. Resolves to the exit code, and never rejects. */
export async function main(argv: readonly string[], env: Environment, io: Io): Promise<number> {
  for (const stream of [io.stdout, io.stderr]) stream.on("error", ignoreClosedPipe);
  try {
    return await runCommand(argv, env, io);
  } catch (error) {
    io.stderr.write(failureText(error));
    return error instanceof UserError ? error.exitCode : exitCodes.failure;
  }
}

/** A reader that went away (`flvcast … | head -1`) ends neither the stream nor the tool. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
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
  if (word === "--version") {
    io.stdout.write(`${version}\n`);
    return exitCodes.ok;
  }
  if (word === "help") return runCommand([...rest, "--help"], env, io);

  const entry = commands.find(({ name }) => name === word);
  if (entry === undefined) throw unknownCommand(word);
  const command = await entry.load();
  const { help, flags } = parseArguments(entry.name, command.flags, rest);
  if (!help) return command.run(flags, env, io);
  const { commandHelp } = await import("./help.ts");
  io.stdout.write(await commandHelp(command));
  return exitCodes.ok;
}

async function overview(): Promise<string> {
  const { overviewHelp } = await import("./help.ts");
  return overviewHelp(commands);
}

function unknownCommand(word: string): UserError {
  const names = commands.map(({ name }) => name);
  if (word.startsWith("-")) {
    return new UserError(
      "usage",
      `${shown(word)} comes after a command, as in: flvcast start --device test. See: flvcast --help`,
    );
  }
  const meant = nearest(word, names);
  const hint = meant === null ? `There is: ${names.join(", ")}.` : `Did you mean ${meant}?`;
  return new UserError("usage", `there is no command ${shown(word)}. ${hint} See: flvcast --help`);
}
