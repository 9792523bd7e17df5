import { fstatSync } from "node:fs";
import { type LogFormat, logFormats } from "../settings/settings.ts";
import type { Environment, Io } from "./command.ts";
import type { LogForm } from "./log-lines.ts";

/** How `start` writes its events. systemd.exec(5) tells by JOURNAL_STREAM that stderr is the journal; a file is read later. */
export function logForm(format: LogFormat, env: Environment, stderr: Io["stderr"]): LogForm {
  if (format !== "auto") return format;
  const { id, isRegular } = fileOf(stderr);
  if (id !== null && id === env["JOURNAL_STREAM"]) return "journal";
  return isRegular ? "dated" : "text";
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
  const { id } = fileOf(one);
  return id !== null && id === fileOf(other).id;
}

interface OpenFile {
  /** `DEVICE:INODE`, in decimal, as JOURNAL_STREAM has it; null where it is no file of the system's. */
  readonly id: string | null;
  /** No terminal, pipe or socket. */
  readonly isRegular: boolean;
}

function fileOf({ fd }: { readonly fd?: number }): OpenFile {
  if (fd === undefined) return NO_FILE;
  try {
    const stats = fstatSync(fd, { bigint: true });
    return { id: `${stats.dev}:${stats.ino}`, isRegular: stats.isFile() };
  } catch {
    return NO_FILE; // closed
  }
}

const NO_FILE: OpenFile = { id: null, isRegular: false };
