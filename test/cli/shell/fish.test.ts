import { describe, expect, test } from "vitest";
import { fishCompletion } from "../../../src/cli/shell/fish.ts";
import { commands } from "./described.ts";
import { isHere, runShell } from "./run-shell.ts";

function offered(typed: string): readonly string[] {
  const ask = `${fishCompletion(commands)}\ncomplete -C 'flvcast ${typed}'\n`;
  return runShell("fish", ["--no-config", "-c", ask]).trimEnd().split("\n");
}

describe.runIf(isHere("fish"))("fish completes", () => {
  test.each<[typed: string, offers: readonly string[]]>([
    ["st", ["start\tcapture: a device's picture"]],
    ["start --enc", ["--encoder\tffmpeg's encoder, or auto"]],
    ["start --encoder h2", ["h264_qsv\tffmpeg's encoder, or auto"]],
    ["start --encoder=li", ["--encoder=libx264\tffmpeg's encoder, or auto"]],
    ["start --name ", [""]],
    ["start --lo", ["--loop\tagain and again"]],
    ["ser", ["service\tinstall it; show it"]],
    ["service ", ["install\tinstall it", "print\tshow it"]],
    ["service install --us", ["--user\tfor this user alone"]],
    ["completion ", ["bash", "zsh"]],
  ])("%j with %j", (typed, offers) => {
    expect(offered(typed)).toEqual(offers);
  });

  test("an option by its letter", () => {
    expect(offered("service install -")).toContain("-u\tfor this user alone");
  });

  test("a device with the known words, and with files", () => {
    const offers = offered("start --device ").map((line) => line.split("\t")[0]);
    expect(offers).toEqual(expect.arrayContaining(["test", "screen", "package.json"]));
  });
});
