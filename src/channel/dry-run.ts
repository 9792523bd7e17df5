import { redactor } from "../devices/redact.ts";
import { EncoderCache } from "../encoders/cache.ts";
import { foldersOf } from "../folders.ts";
import { type LogEvent, notice } from "../log.ts";
import { thisMachine } from "../system/machine.ts";
import { Planner, type PlanSettings } from "./plan.ts";

export interface CommandLineOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Passwords, too. */
  readonly showSecrets?: boolean;
  /** How pictures would be encoded, and why so. */
  readonly onNotice?: (event: LogEvent) => void;
}

/** The ffmpeg command lines of a channel, quoted for a shell; opens and tries what a start would, and captures nothing. */
export async function commandLines(
  settings: PlanSettings,
  { env = process.env, showSecrets = false, onNotice = () => undefined }: CommandLineOptions = {},
): Promise<readonly string[]> {
  const planner = new Planner(settings, thisMachine(env), new EncoderCache(foldersOf(env).cache));
  const { ffmpeg, processes, encoder } = await planner.plan();
  if (encoder !== null)
    onNotice(
      notice("encoder-selected", `encoder: ${encoder.reason}`, { encoder: encoder.chosen.encoder.name }),
    );
  const lines = processes.map((plan) => shellLine([ffmpeg?.path ?? "ffmpeg", ...plan.args]));
  return showSecrets ? lines : lines.map(redactor(processes.map((plan) => plan.source.url)));
}

/** A command as it could be pasted into a POSIX shell. */
export function shellLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
