import { refuse } from "./parse.ts";
import type { Command } from "./settings.ts";

/**
 * A program and its arguments, separated by spaces; "…" and '…' keep an argument with spaces together. No shell reads it, so
 * `$`, `|` and `\` are ordinary characters.
 */
export function parseCommand(text: string): Command {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g) ?? [];
  if (words.some((word) => word === '"' || word === "'"))
    refuse("has a quote that is not closed", "./on-event");
  const [program = "", ...args] = words.map(unquoted);
  if (program === "") refuse("names no program", "./on-event");
  if (program.includes("://")) refuse("is a URL: use a program, such as curl", "./on-event");
  return [program, ...args];
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"([^"]*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? "",
  );
}
