import parser from "yargs-parser"; // yargs's own parser: yargs itself takes 70 ms to load, which only help is worth
import { UserError } from "../errors.ts";
import { type FlagTexts, shown } from "../settings/read-options.ts";
import { nearest } from "../suggest.ts";
import type { Flag } from "./command.ts";

/** What stood behind a command's name. */
export interface Arguments {
  readonly help: boolean;
  readonly flags: FlagTexts;
}

/** Reads a command's arguments. Values stay text: nothing is coerced here. @throws UserError of reason `usage` */
export function parseArguments(command: string, flags: readonly Flag[], argv: readonly string[]): Arguments {
  const values = flags.filter(({ metavar }) => metavar !== null).map(({ flag }) => flag);
  const switches = flags.filter(({ metavar }) => metavar === null).map(({ flag }) => flag);
  const { argv: parsed, error } = parser.detailed([...argv], {
    string: values,
    narg: Object.fromEntries(values.map((flag) => [flag, 1])), // without it, `--device -` loses its dash
    boolean: [...switches, "help"],
    alias: {
      help: ["h"],
      ...Object.fromEntries(
        flags.flatMap(({ flag, short }) => (short === undefined ? [] : [[flag, [short]]])),
      ),
    },
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "short-option-groups": false,
      "strip-aliased": true,
    },
  });
  const { _: words, help, ...given } = parsed as { _: string[]; help?: boolean; [flag: string]: unknown };
  if (help) return { help: true, flags: new Map() };

  const see = `See: flvcast ${command} --help`;
  const unknown = Object.keys(given).find((flag) => !values.includes(flag) && !switches.includes(flag));
  if (unknown !== undefined) {
    const meant = nearest(unknown, [...values, ...switches]);
    throw usage(
      `there is no option --${shown(unknown)}${meant === null ? "." : `. Did you mean --${meant}?`} ${see}`,
    );
  }
  const valued = argv
    .map((text) => /^--?([^=]+)=/.exec(text)?.[1])
    .find((flag) => switches.includes(flag ?? ""));
  if (valued !== undefined) throw usage(`--${valued} takes no value: give it alone, or leave it out`);
  const bare = values.find((flag) => error?.message.endsWith(`: ${flag}`));
  if (bare !== undefined) {
    const metavar = flags.find(({ flag }) => flag === bare)?.metavar;
    throw usage(
      `--${bare} needs a value: --${bare} ${metavar} (or --${bare}=VALUE, if it begins with a dash). ${see}`,
    );
  }
  const lists = flags.filter(({ isList }) => isList).map(({ flag }) => flag);
  const repeated = Object.keys(given).find((flag) => Array.isArray(given[flag]) && !lists.includes(flag));
  if (repeated !== undefined) throw usage(`--${repeated} is given more than once: give it once`);
  const texts = Object.entries(given).map(([flag, value]) => [flag, String(value)] as const);
  const named = texts.map(([flag]) => flag);
  const free = flags.filter(({ flag }) => !named.includes(flag)); // a NAME may be given as --name, too
  return { help: false, flags: new Map([...texts, ...namedWords(command, free, words)]) };
}

/** Arguments that give these flags. */
export function argumentsOf(all: readonly Flag[], flags: FlagTexts): readonly string[] {
  const switches = all.filter(({ metavar }) => metavar === null).map(({ flag }) => flag);
  return [...flags].map(([flag, value]) => (switches.includes(flag) ? `--${flag}` : `--${flag}=${value}`));
}

/** Words by the names of what they are, in order. */
function namedWords(
  command: string,
  flags: readonly Flag[],
  words: readonly string[],
): readonly (readonly [string, string])[] {
  const names = flags.filter(({ isPositional }) => isPositional).map(({ flag }) => flag);
  const tooMany = words[names.length];
  if (tooMany !== undefined && names.length > 0) {
    throw usage(`${shown(tooMany)} is one too many: flvcast ${command} takes one at a time`);
  }
  if (tooMany !== undefined) {
    const isDevice = flags.some(({ flag }) => flag === "device");
    const hint = isDevice ? `to stream it, give --device ${shown(tooMany)}` : "an option begins with --";
    throw usage(
      `${shown(tooMany)} is no option of flvcast ${command}: ${hint}. See: flvcast ${command} --help`,
    );
  }
  return names.flatMap((name, index) => {
    const word = words[index];
    return word === undefined ? [] : [[name, word] as const];
  });
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
