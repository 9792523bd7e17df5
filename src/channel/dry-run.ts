import { join } from "node:path";
import { redactor } from "../devices/redact.ts";
import { EncoderCache } from "../encoders/cache.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { whenText } from "../settings/parse-record.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { releaseAll } from "./channel-plan.ts";
import { Planner, type PlanSettings } from "./plan.ts";

export interface CommandLineOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Passwords, too. */
  readonly showSecrets?: boolean;
  /** How pictures would be encoded, and why so. */
  readonly onNotice?: (event: LogEvent) => void;
}

/**
 * The ffmpeg command lines of a channel, quoted for a shell, with a comment for an input that takes none; opens and tries what a start would,
 * and captures nothing.
 */
export async function commandLines(
  settings: PlanSettings & Pick<ChannelSettings, "name" | "record">,
  { env = process.env, showSecrets = false, onNotice = () => undefined }: CommandLineOptions = {},
): Promise<readonly string[]> {
  const planner = new Planner(
    { ...settings, controls: [] },
    thisMachine(env),
    new EncoderCache(foldersOf(env).cache),
  );
  const { device, audio } = settings;
  const recorded = recordedLines(settings);
  // Nobody publishes to a server that is not there.
  if (device.kind === "publisher" && typeof audio === "string")
    return [withoutFfmpeg(device.shown), ...recorded];
  const plan = await planner.plan();
  releaseAll(plan);
  const { ffmpeg, processes, encoder } = plan;
  if (encoder !== null) {
    const { name } = encoder.chosen.encoder;
    onNotice(notice("encoder-selected", `encoder: ${encoder.reason}`, { encoder: name }));
    if (encoder.warning !== undefined)
      onNotice(warning("encoder-limited", encoder.warning, { encoder: name }));
  }
  const lines = processes.map(({ source, args }) => {
    if (source.messages !== undefined) return withoutFfmpeg(source.label);
    const redact = redactor(source.url);
    // Before it is quoted: in a quoted one a password may be spelled in another way.
    const shown = showSecrets ? args : args.map((word) => (word === source.url ? redact(word) : word));
    return shellLine([ffmpeg?.path ?? "ffmpeg", ...shown]);
  });
  return [...lines, ...recorded];
}

function recordedLines({ name, record }: Pick<ChannelSettings, "name" | "record">): readonly string[] {
  if (record === null) return [];
  const { folder, path, when } = record;
  const hours = when === "always" ? "" : ` (${whenText(when)})`;
  return [`# recorded to ${join(folder, path.replaceAll("%name", name))}.flv${hours}`];
}

const withoutFfmpeg = (label: string) => `# ${label} is read without ffmpeg`;

/** A command as it could be pasted into a POSIX shell. */
export function shellLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
