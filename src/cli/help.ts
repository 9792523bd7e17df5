import yargs from "yargs";
import type { Command } from "./command.ts";

const COLUMNS = 80;

/** The help of `flvcast` itself. */
export async function overviewHelp(
  commands: readonly { readonly name: string; readonly summary: string }[],
): Promise<string> {
  const help = blank()
    .usage("flvcast COMMAND [options]\n\nTurns a device into a live HTTP-FLV stream that anyone can watch.")
    .option("help", { describe: "show this help; after a command, the command's" })
    .option("version", { describe: "show the version" })
    .example("flvcast start --device test", "a test picture to watch")
    .example("flvcast devices", "what can be captured here")
    .example("flvcast start --help", "all that start can do");
  for (const { name, summary } of commands) help.command(name, summary);
  return `${await help.getHelp()}\n`;
}

/** The help of one command. */
export async function commandHelp(command: Omit<Command, "run">): Promise<string> {
  const help = blank().usage(`${command.usage}\n\n${command.description}`).epilogue(epilogue(command));
  for (const { flag, short, isPositional, group, metavar, help: describe, fallbackText } of command.flags) {
    if (isPositional) continue; // the usage line shows it, and the description says what it is
    // yargs knows no names for values: as part of the option's name, it prints them. Undeclared, no type either.
    const name = metavar === null ? flag : `${flag} ${metavar}`;
    help.option(name, { describe, group: `${group}:`, ...(short === undefined ? {} : { alias: short }) });
    if (fallbackText !== null)
      help.option(name, { describe: `${describe} [${fallbackText}]`, group: `${group}:` });
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
