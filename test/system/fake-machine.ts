import type { Machine, Ran } from "../../src/system/machine.ts";

interface Script {
  readonly platform: NodeJS.Platform;
  /** What a program writes to stderr, by its arguments joined with spaces; what is not here is not installed. */
  readonly stderrOf?: Readonly<Record<string, string>>;
  readonly realPaths?: Readonly<Record<string, string>>;
}

/** A machine on which only what a test says is there; it writes down what was run. */
export class FakeMachine implements Machine {
  readonly platform: NodeJS.Platform;
  readonly env = {};
  readonly runs: (readonly string[])[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.platform = script.platform;
    this.#script = script;
  }

  async run(program: string, args: readonly string[]): Promise<Ran | null> {
    this.runs.push([program, ...args]);
    const stderr = this.#script.stderrOf?.[args.join(" ")];
    return stderr === undefined ? null : { code: 1, stdout: "", stderr };
  }

  async realpath(path: string): Promise<string | null> {
    return this.#script.realPaths?.[path] ?? null;
  }

  readonly readText = async () => null;
  readonly list = async () => [];
  readonly readlink = async () => null;
  readonly mayOpen = async () => false;
  readonly groupOf = async () => null;
}
