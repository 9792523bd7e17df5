import type { FlagTexts } from "../settings/read-options.ts";

/** The process as a command sees it: `process` itself, or a test's stand-in. */
export type Io = Pick<NodeJS.Process, "stdout" | "stderr" | "on" | "off" | "exit">;

export type Environment = Readonly<Record<string, string | undefined>>;

/** An option as parser and help need it. */
export interface Flag {
  readonly flag: string;
  readonly group: string;
  /** `null` for a switch. */
  readonly metavar: string | null;
  readonly help: string;
  readonly fallbackText: string | null;
}

/** One word after `flvcast`, and what it does. */
export interface Command {
  readonly usage: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Pairs of a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly epilogue: string;
  /** Resolves to the exit code. @throws UserError */
  readonly run: (flags: FlagTexts, env: Environment, io: Io) => Promise<number>;
}
