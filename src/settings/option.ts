import { durationFrom, oneOf, parseSwitch } from "./parse.ts";

type Group =
  | "Input"
  | "Video and audio"
  | "Server"
  | "Access"
  | "Viewers"
  | "Recording"
  | "Running"
  | "Permanent names"
  | "Options";

/** Words that a value may be, and whether it may be a file, or the name of a stream that runs. */
export interface Suggestions {
  readonly words?: readonly string[];
  readonly files?: true;
  readonly streams?: true;
}

/** One option: flags, environment, help and the settings' types all come from here. */
export interface Option<Value> {
  /** Without dashes: `ready-timeout`. */
  readonly flag: string;
  readonly group: Group;
  /** A single letter that stands for it, too. */
  readonly short?: string;
  /** It may be given as a word, without its name; one without a letter is given in no other way. */
  readonly isPositional?: true;
  /** As a word, it may have the stream's name before it: `NAME=DEVICE`. */
  readonly takesName?: true;
  readonly metavar: string | null;
  readonly help: string;
  /** How the help tells the default; absent where nothing is to be told. */
  readonly fallbackText?: string;
  /** The value when nobody gave one; `undefined` where that takes more than the table knows. */
  readonly fallback: Value | undefined;
  /** What a shell offers to complete the value with; absent where nothing is known beforehand. */
  readonly suggestions?: Suggestions;
  /** What is given is shown to nobody. */
  readonly isSecret?: true;
  /** It may be given more than once, and its value has commas. */
  readonly isList?: true;
  /** It does something, once: a variable that stays set must not do it again. */
  readonly isFlagOnly?: true;
  /** A path: of a file, of a program unless it is a bare name, or of an input where it is one. In a file it is relative to that. */
  readonly path?: "file" | "program" | "input";
  /** A value as it may be given, where that does not follow from its type. */
  text?(value: NonNullable<Value>): string;
  /** The same of null. */
  readonly nullText?: string;
  readonly parse: (text: string) => Value;
}

export type OptionTable<Settings> = { readonly [Key in keyof Settings]: Option<Settings[Key]> };

/** The variable that stands for a flag: `ready-timeout` is `FLVCAST_READY_TIMEOUT`. */
export function environmentName(flag: string): string {
  return `FLVCAST_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Options without their group. */
type Ungrouped<Settings> = {
  readonly [Key in keyof Settings]: Omit<Option<Settings[Key]>, "group"> & { readonly group?: Group };
};

/** Options under one heading of the help; one of another table keeps its own. */
export function grouped<Settings>(group: Group, table: Ungrouped<Settings>): OptionTable<Settings> {
  return each(table, { group });
}

/** Options of a command that does something once, and takes nothing from the environment. */
export function commandOptions<Settings>(table: Ungrouped<Settings>): OptionTable<Settings> {
  return each(table, { group: "Options", isFlagOnly: true });
}

function each<Settings>(
  table: Ungrouped<Settings>,
  common: Pick<Option<unknown>, "group" | "isFlagOnly">,
): OptionTable<Settings> {
  const options = Object.entries<Ungrouped<Settings>[keyof Settings]>(table).map(([key, option]) => [
    key,
    option.group === undefined ? { ...common, ...option } : option,
  ]);
  return Object.fromEntries(options) as OptionTable<Settings>; // its own keys
}

/** A switch, which is off when nobody gave it. */
export function switchOption(
  flag: string,
  help: string,
  more: Pick<Option<boolean>, "short" | "isFlagOnly"> = {},
): Omit<Option<boolean>, "group"> {
  return { flag, metavar: null, help, fallback: false, ...more, parse: parseSwitch };
}

/** An option's value that is one of a few words. @param wrong what any other is: "is not a codec" */
export function wordOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  wrong = "is not valid",
): { readonly suggestions: Suggestions; readonly parse: (text: string) => Word } {
  return { suggestions: { words }, parse: (text) => oneOf(words, text, wrong) };
}

/** An option's value that is a time within bounds. @param range the bounds in words: "1s to 60s" */
export function timeWithin(
  minMs: number,
  maxMs: number,
  range: string,
  example: string,
): { readonly metavar: "TIME"; readonly parse: (text: string) => number } {
  return { metavar: "TIME", parse: (text) => durationFrom(text, minMs, maxMs, range, example) };
}
