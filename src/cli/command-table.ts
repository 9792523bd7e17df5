import type { Command } from "./command.ts";

/** A command as the table of `main.ts` has it. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Loaded when it is called for: a command costs the others no start-up time. */
  readonly load: () => Promise<Command>;
}

/** How the overview lists `flvcast completion`. */
export const completionEntry = {
  name: "completion",
  summary: "print what completes commands in bash, zsh or fish",
};
