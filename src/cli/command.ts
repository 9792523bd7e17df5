import type { Suggestions } from "../settings/option.ts";
import type { FlagTexts } from "../settings/read-options.ts";

/** The process as a command sees it: `process` itself, or a test's stand-in. */
export type Io = Pick<NodeJS.Process, "stdout" | "stderr" | "on" | "off" | "exit">;

export type Environment = Readonly<Record<string, string | undefined>>;

/** An option as parser and help need it. */
export interface Flag {
  readonly flag: string;
  readonly group: string;
  /** A single letter that stands for it, too. */
  readonly short?: string;
  /** It may be given as a word, without its name; one without a letter is given in no other way. */
  readonly isPositional?: true;
  /** As a word, it may have the stream's name before it: `NAME=DEVICE`. */
  readonly takesName?: true;
  /** What is given is shown to nobody. */
  readonly isSecret?: true;
  /** It may be given more than once; as a word, all words are its. */
  readonly isList?: true;
  /** `null` for a switch. */
  readonly metavar: string | null;
  readonly help: string;
  readonly fallbackText: string | null;
  /** What a shell completes the value with. */
  readonly suggestions?: Suggestions;
}

/** One word after `flvcast`, and what it does. */
export interface Command {
  readonly usage: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words may follow behind `--`. */
  readonly takesRest?: true;
  /** It may be given several devices: they are its `rest`, where there is more than one. */
  readonly takesMore?: true;
  /** Pairs of a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly epilogue: string;
  /** What may stand behind the command and is no option, for shells to complete. */
  readonly words?: readonly string[];
  /** @param rest the words behind `--`. Resolves to the exit code. @throws UserError */
  readonly run: (flags: FlagTexts, env: Environment, io: Io, rest: readonly string[]) => Promise<number>;
}
