import { fileURLToPath } from "node:url";
import { checkFile } from "../check/check-file.ts";
import { checkUrl } from "../check/client.ts";
import type { CheckReport } from "../check/report.ts";
import { exitCodes, UserError } from "../errors.ts";
import { checkOptions } from "../settings/check-options.ts";
import { type FlagTexts, quoted, readSettings } from "../settings/read-options.ts";
import { checkText } from "./check-text.ts";
import type { Command, Environment, Io } from "./command.ts";
import { whileWanted } from "./signals.ts";

export const check: Command = {
  usage: "flvcast check URL|FILE [options]",
  description: "Checks an HTTP-FLV stream or .flv file; reports errors and which players they affect.",
  flags: Object.values(checkOptions),
  examples: [
    ["flvcast check http://127.0.0.1:8080/live/cam0.flv", "watch a stream for ten seconds"],
    ["flvcast check recording.flv", "a whole file"],
    ["flvcast check URL --json | jq -r '.findings[].id'", "for scripts"],
  ],
  epilogue:
    "Exit code 0 if all is well, 1 if there are errors or warnings, 4 if it cannot be\nreached. Notes do not count. docs/check.md explains each finding.",
  run: (flags, env, io) => runCheck(flags, env, io),
};

/** Looks, prints, and resolves to the exit code; a signal ends the looking. @throws UserError */
export async function runCheck(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { target, watchMs, json } = readSettings(checkOptions, flags, env);
  if (target === null) throw new UserError("usage", "no URL or file given, e.g. flvcast check stream.flv");
  const report = await whileWanted(env, io, (signal) => judge(target, watchMs, signal));
  const hasColour = io.stdout.isTTY && !env["NO_COLOR"];
  io.stdout.write(json ? `${JSON.stringify(report)}\n` : checkText(report, hasColour));
  return report.verdict === "clean" ? exitCodes.ok : exitCodes.failure;
}

async function judge(target: string, watchMs: number, signal: AbortSignal): Promise<CheckReport> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1]?.toLowerCase();
  if (scheme === undefined) return await checkFile(target, signal);
  if (scheme === "file") return await checkFile(pathOf(target), signal);
  if (scheme !== "http" && scheme !== "https") {
    const message = `cannot check ${scheme}:// URLs: use an http:// or https:// URL, or a file`;
    throw new UserError("usage", message);
  }
  return await checkUrl(urlOf(target), { watchMs, signal });
}

function pathOf(target: string): string {
  const url = urlOf(target);
  try {
    return fileURLToPath(url);
  } catch (error) {
    const message = `${quoted(target)} is not the URL of a file of this machine: use its path`;
    throw new UserError("usage", message, { cause: error });
  }
}

function urlOf(target: string): URL {
  if (URL.canParse(target)) return new URL(target);
  throw new UserError("usage", `${quoted(target)} is not a URL, e.g. http://127.0.0.1:8080/live/cam0.flv`);
}
