import { redactor } from "../ffmpeg/redact.ts";
import { type LogEvent, notice } from "../log.ts";
import type { StartSettings } from "../settings/settings.ts";
import { thisMachine } from "../system/machine.ts";
import { planChannel } from "./plan.ts";

export interface CommandLineOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** How pictures would be encoded, and why so. */
  readonly onNotice?: (event: LogEvent) => void;
}

/** The ffmpeg command lines of a channel, quoted for a shell; opens and tries what a start would, and captures nothing. */
export async function commandLines(
  settings: StartSettings,
  { env = process.env, onNotice = () => undefined }: CommandLineOptions = {},
): Promise<readonly string[]> {
  const { ffmpeg, processes, encoder } = await planChannel(settings, thisMachine(env));
  if (encoder !== null)
    onNotice(
      notice("encoder-selected", `encoder: ${encoder.reason}`, { encoder: encoder.chosen.encoder.name }),
    );
  const lines = processes.map((plan) => shellLine([ffmpeg?.path ?? "ffmpeg", ...plan.args]));
  return settings.showSecrets ? lines : lines.map(redactor(processes.map((plan) => plan.source.url)));
}

/** A command as it could be pasted into a POSIX shell. */
export function shellLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
