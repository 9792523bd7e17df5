import { fstatSync } from "node:fs";
import { type LogFormat, logFormats } from "../settings/settings.ts";
import type { Environment, Io } from "./command.ts";
import type { LogForm } from "./log-lines.ts";

/** How a command writes its events. systemd.exec(5) tells by JOURNAL_STREAM that stderr is the journal. */
export function logForm(format: LogFormat, env: Environment, stderr: Io["stderr"]): LogForm {
  if (format !== "auto") return format;
  const journal = env["JOURNAL_STREAM"];
  return journal !== undefined && journal === fileOf(stderr) ? "journal" : "text";
}

/**
 * What `--log-format` or its variable asks for, read without judging anything else: a command line that is refused is
 * refused in the form that it asked for.
 */
export function askedLogFormat(argv: readonly string[], env: Environment): LogFormat {
  const at = argv.lastIndexOf("--log-format");
  const joined = argv.findLast((text) => text.startsWith("--log-format="))?.slice("--log-format=".length);
  const asked = joined ?? (at === -1 ? undefined : argv[at + 1]) ?? env["FLVCAST_LOG_FORMAT"];
  return logFormats.find((format) => format === asked) ?? "auto";
}

/** Whether two outputs are the same terminal, or file. */
export function isSameFile(one: { readonly fd?: number }, other: { readonly fd?: number }): boolean {
  const file = fileOf(one);
  return file !== null && file === fileOf(other);
}

/** `DEVICE:INODE` of an open file, in decimal, as JOURNAL_STREAM has it; null where it is no file of the system's. */
function fileOf({ fd }: { readonly fd?: number }): string | null {
  if (fd === undefined) return null;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null; // closed
  }
}
