import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeCommands } from "../../src/cli/command-table.ts";
import { commands } from "../../src/cli/main.ts";

const documents = ["README.md"].concat(
  readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
);

/** What all commands take besides their own. */
const everywhere = ["--help", "--version"];

test("every flvcast command in the documents exists, with its options", async () => {
  const described = await describeCommands(commands);
  const flagsOf = (name: string) => described.find((command) => command.name === name)?.flags;
  const wrong: string[] = [];
  for (const { document, line } of documents.flatMap(commandLines)) {
    const [first = "", second = ""] = line.split(/\s+/);
    const named = flagsOf(`${first} ${second}`) === undefined ? first : `${first} ${second}`;
    // `service install -- …` and `ensure` take those of `start`.
    const flags = [...(flagsOf(named) ?? []), ...(line.includes(" -- ") ? (flagsOf("start") ?? []) : [])];
    const known = new Set([...everywhere, ...flags.map(({ flag }) => `--${flag}`)]);
    const given = line.match(/(?<= )--[a-z][a-z-]*/g) ?? [];
    if (flagsOf(named) === undefined && !first.startsWith("-")) wrong.push(`${document}: flvcast ${line}`);
    else for (const flag of given) if (!known.has(flag)) wrong.push(`${document}: ${flag} of ${named}`);
  }
  expect(wrong).toEqual([]);
});

/** What stands behind `flvcast` in a document's blocks of code and in its quoted commands, up to a comment or a pipe. */
function commandLines(document: string) {
  const text = readFileSync(document, "utf8").replaceAll("\\\n", " ");
  const fences = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].filter(([, language]) => language !== "js");
  const blocks = fences.map(([, , block = ""]) => block.replaceAll(/ #( .*|$)/gm, ""));
  const inBlocks = blocks.flatMap((block) => [...block.matchAll(/(?:^|[ (])flvcast ([a-z][^\n#|;&)"]*)/gm)]);
  const quoted = [...text.matchAll(/`(?:sudo )?flvcast ([a-z][^`\n]*)`/g)];
  return [...inBlocks, ...quoted].map(([, line = ""]) => ({ document, line: line.trim() }));
}
