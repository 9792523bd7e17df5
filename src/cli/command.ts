import type { Option } from "../settings/option.ts";
import type { Environment, FlagTexts } from "../settings/read-options.ts";

export type { Environment };

/** The process as a command sees it: `process` itself, or a test's stand-in. */
export type Io = Pick<NodeJS.Process, "stdout" | "stderr" | "on" | "off" | "exit">;

/** An option as parser and help need it. */
export type Flag = Omit<
  Option<unknown>,
  "group" | "fallback" | "isFlagOnly" | "path" | "text" | "nullText" | "parse"
> & { readonly group: string };

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
  readonly run: (flags: FlagTexts, env: Environment, io: Io, rest: readonly string[]) => Promise<number>;
}
