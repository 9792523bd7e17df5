import type { DescribedCommand } from "./shell/described.ts";
import type { Command } from "./command.ts";
import { completionEntry, type Entry } from "./command-table.ts";
import { completion } from "./completion.ts";

/** All that can stand behind `flvcast`, each with what its own help says. */
export async function describeCommands(
  entries: readonly Entry[],
): Promise<readonly (DescribedCommand & Omit<Command, "run">)[]> {
  const loaded = entries.map(async ({ name, summary, load }) => ({ ...(await load()), name, summary }));
  return [...(await Promise.all(loaded)), { ...completion, ...completionEntry }];
}
