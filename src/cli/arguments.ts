import { existsSync } from "node:fs";
import parser from "yargs-parser"; // yargs's own parser: yargs itself takes 70 ms to load, which only help is worth
import { UserError } from "../errors.ts";
import { NAME_PATTERN } from "../name.ts";
import { type FlagTexts, quoted, shown } from "../settings/read-options.ts";
import { optionSynonyms } from "../settings/synonyms.ts";
import { nearest } from "../suggest.ts";
import type { Flag } from "./command.ts";

/** What stood behind a command's name. */
export interface Arguments {
  readonly help: boolean;
  readonly flags: FlagTexts;
  readonly words: readonly string[];
}

/**
 * Reads a command's arguments. Values stay text: nothing is coerced here.
 * @param takesMore whether what takes one device takes several
 * @throws UserError of reason `usage`
 */
export function parseArguments(
  command: string,
  flags: readonly Flag[],
  given: readonly string[],
  takesMore = false,
): Arguments {
  const argv = given.flatMap((word) => expanded(word, flags));
  const values = flags.filter(({ metavar }) => metavar !== null).map(({ flag }) => flag);
  const switches = flags.filter(({ metavar }) => metavar === null).map(({ flag }) => flag);
  const { argv: parsed, error } = parser.detailed(argv, {
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
  const { _: words, help, ...found } = parsed as { _: string[]; help?: boolean; [flag: string]: unknown };
  if (help) return { help: true, flags: new Map(), words: [] };

  const see = `See: flvcast ${command} --help`;
  const unknown = Object.keys(found).find((flag) => !values.includes(flag) && !switches.includes(flag));
  if (unknown !== undefined) throw usage(`unknown option ${dashed(unknown)}${hint(unknown, flags)} ${see}`);
  const valued = argv
    .map((text) => /^--?([^=]+)=/.exec(text)?.[1])
    .find((flag) => switches.includes(flag ?? ""));
  if (valued !== undefined) throw usage(`--${valued} takes no value`);
  const bare = flags.find(
    ({ flag, short }) => error?.message.endsWith(`: ${flag}`) || error?.message.endsWith(`: ${short}`),
  );
  if (bare !== undefined) {
    const { flag, metavar } = bare;
    throw usage(
      `--${flag} needs a value: --${flag} ${metavar}, or --${flag}=${metavar} if it starts with a dash. ${see}`,
    );
  }
  const lists = flags.filter(({ isList }) => isList).map(({ flag }) => flag);
  const repeated = Object.keys(found).find((flag) => Array.isArray(found[flag]) && !lists.includes(flag));
  if (repeated !== undefined) throw usage(`--${repeated} is given more than once`);
  const texts = new Map(Object.entries(found).map(([flag, value]) => [flag, String(value)]));
  if (takesMore && words.length > 1) return { help: false, flags: texts, words };
  for (const [flag, text] of namedWords(flags, texts, words)) {
    if (texts.has(flag)) throw usage(`the stream's name is given twice: --${flag} and ${quoted(text)}`);
    texts.set(flag, text);
  }
  return { help: false, flags: texts, words: [] };
}

export function flagsOfWord(all: readonly Flag[], word: string): FlagTexts {
  return new Map(namedWords(all, new Map(), [word]));
}

export function argumentsOf(all: readonly Flag[], flags: FlagTexts): readonly string[] {
  const switches = all.filter(({ metavar }) => metavar === null).map(({ flag }) => flag);
  return [...flags].map(([flag, value]) => (switches.includes(flag) ? `--${flag}` : `--${flag}=${value}`));
}

/** `-vD` is `-v -D`, and `-p9000` is `-p 9000`; anything else, `-port` too, stays as it is. */
function expanded(word: string, flags: readonly Flag[]): readonly string[] {
  const [, letters] = /^-([A-Za-z][^=-]+)$/.exec(word) ?? [];
  if (letters === undefined || flags.some(({ flag }) => flag === letters)) return [word];
  const ofLetter = (letter: string) => flags.find(({ short }) => short === letter);
  const [first = ""] = letters;
  if (/^\d+$/.test(letters.slice(1)) && ofLetter(first)?.metavar) return [`-${first}`, letters.slice(1)];
  const each = letters.split("");
  return each.every((letter) => ofLetter(letter)?.metavar === null)
    ? each.map((letter) => `-${letter}`)
    : [word];
}

function hint(unknown: string, flags: readonly Flag[]): string {
  const known = flags.map(({ flag }) => flag);
  const synonym = optionSynonyms[unknown];
  const meant = synonym !== undefined && known.includes(synonym) ? synonym : nearest(unknown, known);
  return meant === null ? "." : `; did you mean --${meant}?`;
}

function dashed(flag: string): string {
  return `${flag.length === 1 ? "-" : "--"}${shown(flag)}`;
}

/** Words by the flags that they stand for, in order; of a flag that takes several, all that are left. */
function namedWords(
  flags: readonly Flag[],
  given: FlagTexts,
  words: readonly string[],
): readonly (readonly [string, string])[] {
  const [positional] = flags.filter(({ flag, isPositional }) => isPositional && !given.has(flag));
  const taken = positional === undefined ? 0 : positional.isList ? words.length : 1;
  const tooMany = words[taken];
  if (tooMany !== undefined) throw usage(`too many arguments: ${quoted(tooMany)}`);
  const [word] = words;
  if (positional === undefined || word === undefined) return [];
  const { flag, isList, takesName } = positional;
  if (isList) return [[flag, words.join(",")]];
  const at = takesName ? nameEnd(word) : -1;
  return at === -1
    ? [[flag, word]]
    : [
        ["name", word.slice(0, at)],
        [flag, word.slice(at + 1)],
      ];
}

/** Where in `NAME=DEVICE` the name ends; -1 where it is no such thing: a URL with a query, a file of that name. */
function nameEnd(word: string): number {
  const at = word.indexOf("=");
  return at > 0 && NAME_PATTERN.test(word.slice(0, at)) && !existsSync(word) ? at : -1;
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
