import { expect, test } from "vitest";
import type { Command, Flag } from "../../src/cli/command.ts";
import { describeCommands } from "../../src/cli/command-table.ts";
import { commands } from "../../src/cli/main.ts";
import { code, escaped, markdownTable } from "../docs/markdown-table.ts";

interface Described extends Omit<Command, "run"> {
  readonly name: string;
}

/** The commands whose options stand in the page: `ensure` has those of `start`, and `service print` those of `service install`. */
const LEFT_OUT = ["ensure", "service print", "completion"];

function page(described: readonly Described[]): string {
  const [start, ...others] = described.filter(({ name }) => !LEFT_OUT.includes(name));
  if (start === undefined) throw new Error("there is no command");
  return [
    "# Options",
    "",
    "<!-- generated: npx vitest run --project unit test/cli/options-page.test.ts -u -->",
    "",
    "Options of `start` and `ensure` can also be set as environment variables: `--ready-timeout` is `FLVCAST_READY_TIMEOUT`.",
    "The command line takes precedence. Switches are on with `1`, `true` or `yes`. `--detach` has no variable.",
    ...groupsOf(start).flatMap((group) => section(`flvcast start: ${group}`, start, group)),
    ...others
      .filter(({ flags }) => flags.length > 0)
      .flatMap((command) => section(`flvcast ${command.name}`, command, null)),
    "",
  ].join("\n");
}

function groupsOf({ flags }: Described): readonly string[] {
  return [...new Set(flags.map(({ group }) => group))];
}

function section(title: string, { flags }: Described, group: string | null): readonly string[] {
  const rows = flags.filter((flag) => group === null || flag.group === group).map(cellsOf);
  return ["", `## ${title}`, "", ...markdownTable(["Option", "What it does", "Default"], rows)];
}

function cellsOf({ flag, short, isPositional, metavar, help, fallbackText }: Flag): readonly string[] {
  const value = metavar === null ? "" : ` ${metavar}`;
  const word = isPositional ? [code(metavar ?? flag)] : [];
  const named = [...(short === undefined ? [] : [code(`-${short}`)]), code(`--${flag}${value}`)];
  const isWordAlone = isPositional && short === undefined;
  const option = [...word, ...(isWordAlone ? [] : named)].join(", ");
  return [option, escaped(help), escaped(fallbackText ?? "")];
}

test("docs/options.md has every option as the help has it", async () => {
  await expect(page(await describeCommands(commands))).toMatchFileSnapshot("../../docs/options.md");
});
