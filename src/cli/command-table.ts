import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import type { DescribedCommand } from "./shell/described.ts";

/** A command as the table of `main.ts` has it. */
export interface Entry {
  readonly name: string;
  /** Other words for it, which the help does not list. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Loaded when it is called for: a command costs the others no start-up time. */
  readonly load: () => Promise<Command>;
}

/** How the overview lists `flvcast completion`. */
export const completionEntry = {
  name: "completion",
  summary: "print a shell completion script",
};

/** All that can stand behind `flvcast`, each with what its own help says. */
export async function describeCommands(
  entries: readonly Entry[],
): Promise<readonly (DescribedCommand & Omit<Command, "run">)[]> {
  const loaded = entries.map(async ({ name, summary, load }) => ({ ...(await load()), name, summary }));
  return [...(await Promise.all(loaded)), { ...completion, ...completionEntry }];
}
