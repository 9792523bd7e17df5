import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bashCompletion } from "../../../src/cli/shell/bash.ts";
import type { DescribedCommand } from "../../../src/cli/shell/described.ts";
import { commands } from "./described.ts";
import { isHere, runShell } from "./run-shell.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-bash-"));
  writeFileSync(join(folder, "tea time.mp4"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last word of a command line, taken apart as bash does. */
function offered(...words: readonly string[]): readonly string[] {
  return offeredBy(commands, words);
}

function offeredBy(known: readonly DescribedCommand[], words: readonly string[]): readonly string[] {
  const typed = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(flvcast ${typed}); COMP_CWORD=${words.length}; _flvcast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const lines = runShell(
    "bash",
    ["--norc"],
    `HOME=${folder}\n${bashCompletion(known)}\n${ask}\n`,
    folder,
  ).trimEnd();
  return lines === "" ? [] : lines.split("\n");
}

describe.runIf(isHere("bash"))("bash completes", () => {
  test.each<[typed: readonly string[], offers: readonly string[]]>([
    [["st"], ["start"]],
    [[""], ["start", "completion", "service", "--help", "--version"]],
    [
      ["start", ""],
      ["--device", "--encoder", "--name", "--ffmpeg", "--loop", "--help"],
    ],
    [["start", "--enc"], ["--encoder"]],
    [["start", "--encoder", "h2"], ["h264_qsv"]],
    [
      ["start", "--encoder", "="],
      ["auto", "libx264", "h264_qsv"],
    ],
    [["start", "--encoder", "=", "li"], ["libx264"]],
    [
      ["start", "--device", "te"],
      ["test", "tea time.mp4"],
    ],
    [["start", "--ffmpeg", "te"], ["tea time.mp4"]],
    [["start", "--name", ""], []],
    [["start", "--loop", "--n"], ["--name"]],
    [["completion", "z"], ["zsh"]],
    [
      ["service", ""],
      ["install", "print"],
    ],
    [
      ["service", "install", "-"],
      ["--user", "--help"],
    ],
    [["service", "install", "--", "--enc"], ["--encoder"]],
    [["service", "install", "--user", "--", "--encoder", "li"], ["libx264"]],
    [["nonsense", ""], []],
  ])("%j with %j", (typed, offers) => {
    expect(offered(...typed)).toEqual(offers);
  });

  test("a command that is about a stream with the names of those that run", () => {
    const state = join(folder, ".local/state/flvcast");
    mkdirSync(state, { recursive: true });
    symlinkSync("1-0.sock", join(state, "zinnia@7"));
    symlinkSync("2-0.sock", join(state, "zink+ensure@1"));
    symlinkSync("1-0.sock", join(state, "zinc+server@7"));
    writeFileSync(join(state, "zink.log"), "");
    const name = {
      flag: "name",
      short: "n",
      metavar: "NAME",
      help: "which",
      suggestions: { streams: true },
    } as const;
    const stop: readonly DescribedCommand[] = [
      { name: "stop", summary: "stop it", flags: [{ ...name, isPositional: true }] },
    ];
    for (const typed of [
      ["stop", "zi"],
      ["stop", "-n", "zi"],
      ["stop", "--name", "zi"],
    ])
      expect(offeredBy(stop, typed)).toEqual(["zinc", "zinnia"]);
  });
});
