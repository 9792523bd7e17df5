import yargs from "yargs";
import type { Command } from "./command.ts";
import { helpText } from "./shell/described.ts";

const COLUMNS = 80;

/** The help of `flvcast` itself. */
export async function overviewHelp(
  commands: readonly { readonly name: string; readonly summary: string }[],
): Promise<string> {
  const help = blank()
    .usage("flvcast COMMAND [options]\n\nStreams a camera, screen or file live over HTTP-FLV.")
    .option("help", {
      alias: "h",
      describe: "show help (for a command: flvcast COMMAND --help)",
    })
    .option("version", { alias: "V", describe: "show the version" })
    .example("flvcast start test", "stream a test pattern")
    .example("flvcast start cam0", "stream the first camera")
    .example("flvcast devices", "list what can be streamed")
    .example("flvcast start --help", "all options of start");
  for (const { name, summary } of commands) help.command(name, summary);
  return `${await help.getHelp()}\n`;
}

/** The help of commands of two words that begin with the same. */
export async function groupHelp(
  word: string,
  commands: readonly { readonly name: string; readonly summary: string }[],
): Promise<string> {
  const help = blank().usage(`flvcast ${word} COMMAND [options]`);
  for (const { name, summary } of commands) help.command(name, summary);
  help.epilogue(`Options of a command: flvcast ${commands[0]?.name ?? word} --help`);
  return `${await help.getHelp()}\n`;
}

/** So few options are found without headings, which would stand above one each. */
const MAX_UNGROUPED = 10;

export async function commandHelp(command: Omit<Command, "run">): Promise<string> {
  const help = blank().usage(`${command.usage}\n\n${command.description}`).epilogue(epilogue(command));
  const isShort = command.flags.length <= MAX_UNGROUPED;
  for (const { flag, short, isPositional, group, metavar, help: describe, fallbackText } of command.flags) {
    if (isPositional && short === undefined) continue; // the usage line shows it
    // yargs knows no names for values: as part of the option's name, it prints them. Undeclared, no type either.
    const name = metavar === null ? flag : `${flag} ${metavar}`;
    help.option(name, {
      describe: helpText(describe, fallbackText),
      group: isShort ? "Options:" : `${group}:`,
      ...(short === undefined ? {} : { alias: short }),
    });
  }
  return `${await help.getHelp()}\n`;
}

/** Set by hand: yargs would break command lines in two to set them beside their meaning. */
function epilogue({ examples, epilogue: last }: Omit<Command, "run">): string {
  const lines = examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
  return ["Examples:", ...lines, "", last].join("\n");
}

/** A yargs that only formats: it parses nothing, prints nothing and exits nowhere. */
function blank(): ReturnType<typeof yargs> {
  return yargs([])
    .scriptName("flvcast")
    .locale("en")
    .wrap(COLUMNS)
    .help(false)
    .version(false)
    .exitProcess(false);
}
