import { exitCodes, UserError } from "../errors.ts";
import { quoted } from "../settings/read-options.ts";
import { nearest } from "../suggest.ts";
import type { Command, Io } from "./command.ts";
import { bashCompletion } from "./shell/bash.ts";
import type { DescribedCommand } from "./shell/described.ts";
import { fishCompletion } from "./shell/fish.ts";
import { zshCompletion } from "./shell/zsh.ts";

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof shells;
const names = Object.keys(shells) as readonly Shell[]; // its keys are these

/** `flvcast completion`: its word is read here, since it takes no option. */
export const completion: Omit<Command, "run"> & { readonly words: readonly string[] } = {
  usage: "flvcast completion bash|zsh|fish",
  description: "Prints a script that completes flvcast's commands, options, values and streams.",
  flags: [],
  words: names,
  examples: [
    ['eval "$(flvcast completion bash)"', "in ~/.bashrc"],
    ['eval "$(flvcast completion zsh)"', "in ~/.zshrc, after compinit"],
    ["flvcast completion fish > ~/.config/fish/completions/flvcast.fish", "for fish, once"],
  ],
  epilogue: "Device names are not completed, as listing them is slow.",
};

/** Prints the script of one shell. @throws UserError of reason `usage` */
export function runCompletion(
  words: readonly string[],
  commands: readonly DescribedCommand[],
  io: Io,
): number {
  const [word, tooMany] = words;
  const shell = names.find((name) => name === word);
  if (shell === undefined || tooMany !== undefined) throw refusal(tooMany ?? word);
  io.stdout.write(shells[shell](commands));
  return exitCodes.ok;
}

function refusal(word: string | undefined): UserError {
  const which = "use bash, zsh or fish, e.g. flvcast completion bash";
  if (word === undefined) return new UserError("usage", `missing shell: ${which}`);
  const meant = nearest(word, names);
  const advice = meant === null || meant === word ? which : `did you mean ${meant}?`;
  return new UserError("usage", `unsupported shell ${quoted(word)}: ${advice}`);
}
