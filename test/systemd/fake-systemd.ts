import { setImmediate } from "node:timers/promises";
import type { Machine, Ran } from "../../src/system/machine.ts";

/** A machine whose programs say what a test has them say; it writes down what was run. */
export class FakeSystemd implements Pick<Machine, "env" | "run"> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runs: string[] = [];
  /** How many of them have ended. */
  ended = 0;
  /** By the beginning of the command line; the last that fits counts. What fits nothing succeeds and says nothing. */
  readonly #answers: (readonly [beginning: string, inTurn: (Partial<Ran> | null)[]])[] = [];

  constructor(env: Readonly<Record<string, string | undefined>> = {}) {
    this.env = env;
  }

  /** @param inTurn what it ends with; the last of them from then on */
  answer(beginning: string, ...inTurn: (Partial<Ran> | null)[]): this {
    this.#answers.push([beginning, inTurn]);
    return this;
  }

  async run(program: string, args: readonly string[]): Promise<Ran | null> {
    const line = [program, ...args].join(" ");
    this.runs.push(line);
    await setImmediate();
    this.ended += 1;
    const [, inTurn = []] = this.#answers.findLast(([beginning]) => line.startsWith(beginning)) ?? [];
    const ran = inTurn.length > 1 ? inTurn.shift() : inTurn[0];
    return ran === null ? null : { code: 0, stdout: "", stderr: "", ...ran };
  }
}
