import { UserError } from "../errors.ts";
import { type LogForm, type LogRecord, lineBelow, logLine } from "./log-lines.ts";

/** What a failure looks like on stderr: a line for the user, or everything, to fix the bug. */
export function failureText(error: unknown, form: LogForm = "text", atMs = Date.now()): string {
  return error instanceof UserError ? ofUser(error, form, atMs) : ofOurs(error, form, atMs);
}

function ofUser({ message, reason, exitCode, lastLines }: UserError, form: LogForm, atMs: number): string {
  const known = { reason, exitCode };
  const fields = lastLines.length === 0 ? known : { ...known, lastLines: lastLines.join("\n") };
  const first = logLine({ level: "error", event: "failed", text: message, fields }, form, atMs);
  // A single line stands in the message already.
  const below = lastLines.length > 1 ? lastLines.map((line) => lineBelow(line, "error", form)) : [];
  return first + below.join("");
}

function ofOurs(error: unknown, form: LogForm, atMs: number): string {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = "this is a bug in flvcast; please report it with the lines above";
  if (form === "json") return logLine(bug(text, details), form, atMs);
  const above =
    form === "text" || form === "dated"
      ? `${details}\n`
      : details
          .split("\n")
          .map((line) => lineBelow(line, "error", form))
          .join("");
  return above + logLine({ level: "error", event: "internal-error", text }, form, atMs);
}

function bug(text: string, stack: string): LogRecord {
  return {
    level: "error",
    event: "internal-error",
    text: text.replace("the lines above", "its stack"),
    fields: { stack },
  };
}
