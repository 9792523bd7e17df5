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

/** What zsh is told of each first and second word, and of each option: as far as it can be held against zshcompsys(1) by eye. */
const script = String.raw`
  commands=(
    'start:capture\: a device'\''s picture'
    'completion:print it'
    'service:install it; show it'
  )
---
  case $command in
    service)
      if (( CURRENT == 3 )); then
        commands=('install:install it' 'print:show it')
---
  case $command in
    'start')
      _arguments \
        '--device=[a camera, \[or\] a file]:DEVICE: _flvcast_word_or_file "(test screen)"' \
        '--encoder=[ffmpeg'\''s encoder, or auto]:NAME:(auto libx264 h264_qsv)' \
        '--name=[the stream'\''s name]:NAME: ' \
        '--ffmpeg=[the ffmpeg to run]:PATH:_files' \
        '--loop[again and again]' \
        '(- *)--help[show the command'\''s help]'
      ;;
    'completion')
      _arguments \
        '1:word:(bash zsh)' \
        '(- *)--help[show the command'\''s help]'
      ;;
    'service install')
      _arguments \
        '--user[for this user alone]' '-u[for this user alone]' \
        '(- *)--help[show the command'\''s help]'
      ;;
    'service print')
      _arguments \
        '(- *)--help[show the command'\''s help]'
      ;;
  esac
}`;

test.each(script.split("\n---"))("the script has %s", (part) => {
  expect(zshCompletion(commands)).toContain(part);
});
