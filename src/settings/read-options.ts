import { shownArgument } from "../devices/redact.ts";
import { UserError } from "../errors.ts";
import { environmentName, type Option, type OptionTable } from "./option.ts";
import { UnacceptableError } from "./parse.ts";

/** What stood on the command line, by flag and as text; a switch is `true`. */
export type FlagTexts = ReadonlyMap<string, string>;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a command each of whose options has a default: flags beat the environment, which beats the defaults.
 * @throws UserError of reason `usage`
 */
export function readSettings<Settings>(
  table: OptionTable<Settings>,
  flags: FlagTexts,
  env: Environment,
): Settings {
  const settings = { ...fallbacksOf(table), ...readGiven(table, flags, env).given };
  return settings as Settings; // a test checks that no table but start's lacks a default
}

interface Read<Settings> {
  readonly given: Partial<Settings>;
  readonly spelling: Partial<Record<keyof Settings, string>>;
}

/** What was given of a table's options, and how it was spelled. */
export function readGiven<Settings>(
  table: OptionTable<Settings>,
  flags: FlagTexts,
  env: Environment,
): Read<Settings> {
  const given: Partial<Settings> = {};
  const spelling: Partial<Record<keyof Settings, string>> = {};
  // the table has these keys and no others
  for (const key of Object.keys(table) as (keyof Settings)[]) {
    const found = readOption(table[key], flags, env);
    if (found === null) continue;
    given[key] = found.value;
    spelling[key] = found.spelling;
  }
  return { given, spelling };
}

/**
 * One option as its flag or else its variable gives it, and how it was written; null where neither does.
 * @throws UserError of reason `usage`
 */
function readOption<Value>(
  option: Option<Value>,
  flags: FlagTexts,
  env: Environment,
): { readonly value: Value; readonly spelling: string } | null {
  const { flag, short, isFlagOnly, isPositional, metavar } = option;
  const variable = environmentName(flag);
  const flagText = flags.get(flag);
  const text = flagText ?? ((!isFlagOnly && env[variable]) || undefined);
  if (text === undefined) return null;
  const spelling = isPositional && short === undefined ? (metavar ?? flag) : `--${flag}`;
  const value = parsed(option, text, flagText === undefined ? `${variable}=` : `${spelling} `);
  return { value, spelling: flagText === undefined ? variable : spelling };
}

/** @param prefix what comes before the value where it was written: `--size ` or `FLVCAST_SIZE=` */
function parsed<Value>(option: Option<Value>, text: string, prefix: string): Value {
  const fault = textFault(text);
  if (fault !== null)
    throw new UserError("usage", `${prefix.trimEnd()} ${fault}: use ${option.metavar}, or remove it`);
  try {
    return option.parse(text);
  } catch (error) {
    if (!(error instanceof UnacceptableError)) throw error;
    const { message, example } = error;
    const given = option.isSecret ? prefix.replace(/[= ]$/, "") : `${prefix}${shown(text)}`;
    throw new UserError("usage", `${given} ${message}, e.g. ${prefix}${example}`);
  }
}

/** What is wrong with a text whatever option it is for: no program takes a null character among its arguments. */
export function textFault(text: string): string | null {
  if (text === "") return "is empty";
  return text.includes("\0") ? "contains a null character" : null;
}

/** A value as a message shows it: on one line, not endless, without passwords. */
export function shown(text: string): string {
  const hidden = shownArgument(text);
  const short = hidden.length > 80 ? `${hidden.slice(0, 79)}…` : hidden;
  return /^[\x21-\x7e…]+$/.test(short) ? short : JSON.stringify(short);
}

/** A word or a name in a message: as `shown`, and always in quotes. */
export function quoted(text: string): string {
  const short = shown(text);
  return short.startsWith('"') ? short : `"${short}"`;
}

export function fallbacksOf<Settings>(table: OptionTable<Settings>): Partial<Settings> {
  const options: readonly [string, Option<unknown>][] = Object.entries(table);
  const fallbacks = options.filter(([, { fallback }]) => fallback !== undefined);
  return Object.fromEntries(fallbacks.map(([key, { fallback }]) => [key, fallback])) as Partial<Settings>; // its own keys
}
