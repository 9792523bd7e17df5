import type { Flag } from "../command.ts";

/** A command as shells and the manual need to know it. */
export interface DescribedCommand {
  /** One word or two: `start`, `service install`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly DescribedFlag[];
  /** What may stand behind its name and is no option. */
  readonly words?: readonly string[];
}

export type DescribedFlag = Pick<
  Flag,
  "flag" | "short" | "isPositional" | "metavar" | "help" | "suggestions"
>;

/** The help of an option as it fits beside it in a shell's list: without its explanations. */
export function brief({ help }: DescribedFlag): string {
  const bare = help.replace(/ \([^)]*\)/g, "");
  return bare.split(/; |: /)[0] ?? bare;
}

/** An option's help with its default behind it. */
export function helpText(help: string, fallbackText?: string): string {
  if (fallbackText === undefined) return help;
  return fallbackText === "required" ? `${help} (required)` : `${help} (default: ${fallbackText})`;
}

/** What may stand behind a command as a word, where a shell can tell. */
export function wordSuggestions(flags: readonly DescribedFlag[]): DescribedFlag["suggestions"] {
  return flags.find(({ isPositional }) => isPositional)?.suggestions;
}

/** In single quotes, as all shells here take any text: a single quote ends them, stands escaped, begins them again. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Those of a command's options that are given by name. */
export function named<One extends DescribedFlag>(flags: readonly One[]): readonly One[] {
  return flags.filter(({ isPositional, short }) => !isPositional || short !== undefined);
}

/** The first words of all commands, each once, and what each does: alone, or what those do that begin with it. */
export function firstWords(commands: readonly DescribedCommand[]): ReadonlyMap<string, string> {
  const summaries = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = ""] = name.split(" ");
    const others = summaries.get(first);
    summaries.set(first, others === undefined ? summary : `${others}; ${summary}`);
  }
  return summaries;
}

/** The words that may follow a first word to make a command of two; none where it is a command alone. */
export function secondWords(
  commands: readonly DescribedCommand[],
): ReadonlyMap<string, readonly DescribedCommand[]> {
  const groups = new Map<string, readonly DescribedCommand[]>();
  for (const command of commands) {
    const [first = "", second] = command.name.split(" ");
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), { ...command, name: second }]);
  }
  return groups;
}
