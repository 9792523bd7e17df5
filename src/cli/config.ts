import { readConfig } from "../config/file.ts";
import { configTemplate } from "../config/template.ts";
import { listDevices } from "../devices/platform/list.ts";
import { exitCodes, UserError } from "../errors.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { configCheckOptions, configShowOptions } from "../settings/config-options.ts";
import { readSettings } from "../settings/read-options.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import type { Command, Environment, Io } from "./command.ts";

const epilogue =
  "Without FILE, it is flvcast.yml in this folder, or else in ~/.config/flvcast\n(root: /etc/flvcast). See docs/config.md.";

export const configCheck: Command = {
  usage: "flvcast config check [FILE]",
  description: "Checks a configuration file and prints every error with its line.",
  flags: Object.values(configCheckOptions),
  examples: [["flvcast config check house.yml", "prints house.yml: ok, or what is wrong with it"]],
  epilogue,
  run: async (flags, env, io) => {
    const { file } = readSettings(configCheckOptions, flags, {});
    const { path, settings } = await readAloud(file, env, io);
    const { length } = settings.streams;
    io.stdout.write(`${path}: ok, ${length} ${length === 1 ? "stream" : "streams"}\n`);
    return exitCodes.ok;
  },
};

export const configShow: Command = {
  usage: "flvcast config show [FILE] [options]",
  description: "Prints the settings that a configuration file results in, without secrets.",
  flags: Object.values(configShowOptions),
  examples: [
    ["flvcast config show", "with defaults and variables applied"],
    ["flvcast config show --origin", "also the line or variable that each value comes from"],
  ],
  epilogue,
  run: async (flags, env, io) => {
    const { file, origin } = readSettings(configShowOptions, flags, {});
    const config = await readAloud(file, env, io);
    const { shownConfig } = await import("../config/show.ts");
    io.stdout.write(shownConfig(config, origin ? config.path : null));
    return exitCodes.ok;
  },
};

export const configSchema: Command = {
  usage: "flvcast config schema",
  description: "Prints the JSON schema of configuration files, for editors.",
  flags: [],
  examples: [["flvcast config schema > config.schema.json", "save it"]],
  epilogue: "The package has a copy, config.schema.json.",
  run: async (_, __, io) => {
    const { configJsonSchema } = await import("../config/schema.ts"); // with zod
    io.stdout.write(configJsonSchema());
    return exitCodes.ok;
  },
};

export const configInit: Command = {
  usage: "flvcast config init",
  description: "Prints a configuration file with the cameras of this machine.",
  flags: [],
  examples: [["flvcast config init > flvcast.yml", "a file to start from"]],
  epilogue: "No file is written. Without a camera, it streams a test pattern.",
  run: (_, env, io) => runInit(io, thisMachine(env)),
};

/** Prints a file for the cameras that are there. Resolves to the exit code. */
export async function runInit(io: Io, machine: Machine): Promise<number> {
  const ffmpegPath = machine.platform === "linux" ? "ffmpeg" : await pathOfFfmpeg();
  const { cameras } = await listDevices({ machine, ffmpegPath }, ["camera"]);
  io.stdout.write(configTemplate(cameras));
  return exitCodes.ok;
}

async function pathOfFfmpeg(): Promise<string> {
  try {
    return (await findFfmpeg(null)).path;
  } catch (error) {
    if (error instanceof UserError) return "ffmpeg";
    throw error;
  }
}

async function readAloud(file: string | null, env: Environment, io: Io): ReturnType<typeof readConfig> {
  const config = await readConfig(file, { env });
  for (const text of config.warnings) io.stderr.write(`flvcast: ${text}\n`);
  return config;
}
