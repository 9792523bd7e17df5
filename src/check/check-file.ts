import { createReadStream } from "node:fs";
import { shownArgument } from "../devices/redact.ts";
import { UserError } from "../errors.ts";
import { Faults } from "./faults.ts";
import { type CheckReport, verdictOf } from "./report.ts";
import { StreamJudge } from "./stream-judge.ts";

/** Reads a file to its end, or until the signal, and judges it. @throws UserError of reason `unreachable` */
export async function checkFile(path: string, signal: AbortSignal): Promise<CheckReport> {
  const startedMs = performance.now();
  const faults = new Faults();
  const judge = new StreamJudge(faults);
  let isWhole = true;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal }))
      judge.push(chunk as Buffer, null); // no encoding was set: buffers
  } catch (error) {
    if (!signal.aborted) throw unreadable(path, error);
    isWhole = false;
  }
  const stream = judge.end({ isWhole, atMs: null });
  const findings = faults.all();
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  return { target: path, verdict: verdictOf(findings), seconds, http: null, stream, findings };
}

const READ_BYTES = 256 * 1024;

function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error; // no answer of the system's: a bug
  const problem = PROBLEMS[String(error.code)] ?? error.message;
  const argument = shownArgument(path);
  const shown = /^[\x21-\x7e…]+$/.test(argument) ? argument : JSON.stringify(argument);
  return new UserError("unreachable", `cannot read ${shown}: ${problem}`, { cause: error });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "no such file (URLs start with http:// or https://)",
  ENOTDIR: "no such file (URLs start with http:// or https://)",
  EISDIR: "it is a directory, not a file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EIO: "disk error",
  ENAMETOOLONG: "the file name is too long",
};
