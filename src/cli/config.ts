import { readConfig } from "../config/file.ts";
import { exitCodes } from "../errors.ts";
import { configOptions } from "../settings/config-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";

/** `flvcast config check` */
export const configCheck: Command = {
  usage: "flvcast config check [FILE]",
  description: "Checks a configuration file, and prints every error with its line.",
  flags: Object.values(configOptions),
  examples: [
    ["flvcast config check", "flvcast.yml in this folder, or else in /etc/flvcast or ~/.config/flvcast"],
    ["flvcast config check house.yml", "another file"],
  ],
  epilogue: "No device is opened. See docs/config.md.",
  run: runCheck,
};

async function runCheck(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { path, settings, warnings } = await readConfig(readSettings(configOptions, flags, {}).file, { env });
  for (const text of warnings) io.stderr.write(`flvcast: ${text}\n`);
  const { length } = settings.streams;
  io.stdout.write(`${path}: ok, ${length} ${length === 1 ? "stream" : "streams"}\n`);
  return exitCodes.ok;
}
