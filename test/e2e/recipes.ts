import { readFileSync } from "node:fs";

/** The blocks of code in a recipe that are in this language, as they are printed. */
export function recipeBlocks(recipe: string, language: string): readonly string[] {
  const text = readFileSync(`docs/recipes/${recipe}.md`, "utf8");
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  if (blocks.length === 0) throw new Error(`docs/recipes/${recipe}.md has no block of ${language}`);
  return blocks.map(([, block = ""]) => block);
}

/** What follows `flvcast start` in the first line of a block that has it, word by word. */
export function startOptions(block: string): readonly string[] {
  const words = /flvcast start ([^\n#|]*)/.exec(block)?.[1]?.trim().split(/\s+/);
  if (words === undefined) throw new Error(`no "flvcast start" in ${block}`);
  return words;
}

/** The recipe with other words in the place of some of its own, each of which has to be there. */
export function adapted(block: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((text, [word, replacement]) => {
    if (!text.includes(word)) throw new Error(`the recipe does not say ${word}`);
    return text.replaceAll(word, replacement);
  }, block);
}
