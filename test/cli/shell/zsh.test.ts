import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zshCompletion } from "../../../src/cli/shell/zsh.ts";
import { commands } from "./described.ts";
import { isHere, runShell } from "./run-shell.ts";

const cases = [
  ["sta", "start "],
  ["start --enc", "start --encoder="],
  ["start --encoder h2", "start --encoder h264_qsv "],
  ["start --encoder=li", "start --encoder=libx264 "],
  ["start --device scr", "start --device screen "],
  ["start --device tea", "start --device tea\\ time.mp4 "],
  ["start --lo", "start --loop "],
  ["start --name s", "start --name s"],
  ["ser", "service "],
  ["service inst", "service install "],
  ["service install --us", "service install --user "],
  ["service install --user -- --encoder li", "service install --user -- --encoder libx264 "],
  ["completion z", "completion zsh "],
] as const;

/** Types each line into a real zsh, presses Tab, and has it say what stands in its line then. */
const typing = (folder: string) => `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; cd ${folder}; autoload -Uz compinit; compinit -u -D; source ./completion; said() { print -r -- "SAID<$BUFFER>" }; zle -N said; bindkey "^X" said; print REA""DY'
zpty -r -m z out '*READY*'
${cases
  .map(
    ([typed]) => `
zpty -w -n z 'flvcast ${typed}'$'\\t'$'\\x18'
zpty -r -m z out '*SAID<*>*'
print -r -- "\${\${out##*SAID<}%%>*}"
zpty -w -n z $'\\x15'`,
  )
  .join("\n")}
`;

describe.runIf(isHere("zsh"))("zsh completes", () => {
  let folder = "";
  let lines: readonly string[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flvcast-zsh-"));
    writeFileSync(join(folder, "tea time.mp4"), "");
    writeFileSync(join(folder, "completion"), zshCompletion(commands));
    lines = runShell("zsh", ["-f"], typing(folder)).split("\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(cases.map(([typed, completed], index) => ({ typed, completed, index })))(
    "$typed to $completed",
    ({ completed, index }) => expect(lines[index]).toBe(`flvcast ${completed}`),
  );
});
