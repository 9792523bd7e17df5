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

test("the script has a line for each word and option, as complete(1) of fish has it", () => {
  const lines = fishCompletion(commands).split("\n");
  const told = lines.filter((line) => line.startsWith("complete -c flvcast -n "));
  expect(told.map((line) => line.slice("complete -c flvcast -n ".length)).join("\n")).toBe(
    String.raw`
__flvcast_is_bare -l help -d 'show the help'
__flvcast_is_bare -l version -d 'show the version'
__flvcast_is_bare -a start -d 'capture: a device\'s picture'
__flvcast_is_bare -a completion -d 'print it'
__flvcast_is_bare -a service -d 'install it; show it'
'__flvcast_lacks_second service' -a install -d 'install it'
'__flvcast_lacks_second service' -a print -d 'show it'
'__flvcast_is start' -l device -r -F -a 'test screen' -d 'a camera, [or] a file'
'__flvcast_is start' -l encoder -x -a 'auto libx264 h264_qsv' -d 'ffmpeg\'s encoder, or auto'
'__flvcast_is start' -l name -x -d 'the stream\'s name'
'__flvcast_is start' -l ffmpeg -r -F -d 'the ffmpeg to run'
'__flvcast_is start' -l loop -d 'again and again'
'__flvcast_is start' -l help -d 'show the command\'s help'
'__flvcast_is completion' -a 'bash zsh'
'__flvcast_is completion' -l help -d 'show the command\'s help'
'__flvcast_is service install' -l user -s u -d 'for this user alone'
'__flvcast_is service install' -l help -d 'show the command\'s help'
'__flvcast_is service print' -l help -d 'show the command\'s help'`.trimStart(),
  );
});
