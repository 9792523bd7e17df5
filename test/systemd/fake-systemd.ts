import type { Machine, Ran } from "../../src/system/machine.ts";

/** A machine whose programs say what a test has them say; it writes down what was run. */
export class FakeSystemd implements Pick<Machine, "env" | "run"> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runs: string[] = [];
  /** By the beginning of the command line; the last that fits counts. What fits nothing succeeds and says nothing. */
  readonly #answers: (readonly [beginning: string, ran: Partial<Ran> | null])[] = [];

  constructor(env: Readonly<Record<string, string | undefined>> = {}) {
    this.env = env;
  }

  answer(beginning: string, ran: Partial<Ran> | null): this {
    this.#answers.push([beginning, ran]);
    return this;
  }

  async run(program: string, args: readonly string[]): Promise<Ran | null> {
    const line = [program, ...args].join(" ");
    this.runs.push(line);
    const answer = this.#answers.findLast(([beginning]) => line.startsWith(beginning));
    if (answer?.[1] === null) return null;
    return { code: 0, stdout: "", stderr: "", ...answer?.[1] };
  }
}
