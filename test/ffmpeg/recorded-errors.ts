import { readFileSync } from "node:fs";
import { type DriverChange, driverChangeOf } from "../../src/ffmpeg/driver-change.ts";
import { StderrTail } from "../../src/ffmpeg/stderr-tail.ts";

/** One ffmpeg that failed, as test/real-devices/record-errors.sh recorded it. */
export interface RecordedError {
  readonly exitCode: number;
  readonly args: readonly string[];
  /** Its stderr, as a capture keeps it. */
  readonly lines: readonly string[];
  readonly changes: readonly DriverChange[];
}

export const versions = ["5.1", "7.1", "9.0"] as const;

/** @throws where there is no such case. */
export function recordedError(version: string, name: string): RecordedError {
  const found = recordedErrors(version).get(name);
  if (found === undefined) throw new Error(`${name} is not recorded for ffmpeg ${version}`);
  return found;
}

/** The cases of one version by name: `== name (exit N)`, the command line, what it said. */
export function recordedErrors(version: string): ReadonlyMap<string, RecordedError> {
  const text = readFileSync(`test/fixtures/ffmpeg-errors/${version}.txt`, "utf8");
  return new Map(text.split(/^== /m).slice(1).map(recorded));
}

function recorded(section: string): [string, RecordedError] {
  const [, name = "", code = "", args = "", said = ""] =
    /^(\S+) \(exit (\d+)\)\n\$ ffmpeg (.*)\n([^]*)$/.exec(section) ?? [];
  const changes: DriverChange[] = [];
  const hear = (line: string) => {
    const change = driverChangeOf(line);
    if (change !== null) changes.push(change);
  };
  const tail = new StderrTail((line) => line, hear, hear);
  tail.push(said);
  tail.end();
  return [name, { exitCode: Number(code), args: args.split(" "), lines: tail.lines, changes }];
}
