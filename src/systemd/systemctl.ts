import { UserError } from "../errors.ts";
import type { Machine, Ran } from "../system/machine.ts";
import { journalName } from "./service-unit.ts";

export type Scope = "system" | "user";

/** Stopping a service may take its TimeoutStopSec. */
const CALL_TIMEOUT_MS = 60_000;

/** How a unit is doing, in systemd's words: systemctl(1), "show". */
export interface UnitState {
  /** `active`, `activating`, `failed`, `inactive` … */
  readonly active: string;
  /** `auto-restart`, `start` … */
  readonly sub: string;
  /** What the service says of itself. */
  readonly statusText: string;
  readonly exitCode: number;
  readonly restarts: number;
}

/** systemd's own tools, for the whole machine or for this user's manager. */
export class Systemctl {
  readonly #machine: Pick<Machine, "run">;
  readonly #scope: readonly string[];

  constructor(machine: Pick<Machine, "run">, scope: Scope) {
    this.#machine = machine;
    this.#scope = scope === "user" ? ["--user"] : [];
  }

  /** @throws UserError where systemd does not run here, or has no answer */
  async version(): Promise<number> {
    const ran = await this.#run("systemctl", ["--version"]);
    const version = /^systemd (\d+)/.exec(ran?.stdout ?? "")?.[1];
    if (version === undefined)
      throw new UserError("failure", "systemctl not found; a service needs a machine that runs systemd");
    return Number(version);
  }

  async call(...args: readonly string[]): Promise<void> {
    const ran = await this.#run("systemctl", args);
    if (ran?.code === 0) return;
    const problem = ran === null ? `no response within ${CALL_TIMEOUT_MS / 1000} s` : lastLine(ran.stderr);
    throw new UserError("failure", `systemctl ${[...this.#scope, ...args].join(" ")}: ${problem}`);
  }

  /** Whether it went well; for what may well not be there. */
  async attempt(...args: readonly string[]): Promise<boolean> {
    return (await this.#run("systemctl", args))?.code === 0;
  }

  async state(unit: string): Promise<UnitState> {
    const names = "ActiveState,SubState,StatusText,ExecMainStatus,NRestarts";
    const ran = await this.#run("systemctl", ["show", "--property", names, unit]);
    const values = new Map(
      (ran?.stdout ?? "").split("\n").map((line) => {
        const [name = "", ...value] = line.split("=");
        return [name, value.join("=")] as const;
      }),
    );
    return {
      active: values.get("ActiveState") ?? "unknown",
      sub: values.get("SubState") ?? "",
      statusText: values.get("StatusText") ?? "",
      exitCode: Number(values.get("ExecMainStatus") ?? 0),
      restarts: Number(values.get("NRestarts") ?? 0),
    };
  }

  async lastWords(unit: string): Promise<string | null> {
    const failures = ["--identifier", journalName, "--priority", "err"];
    const args = ["--unit", unit, ...failures, "--lines", "40", "--output", "cat", "--no-pager"];
    const scoped =
      this.#scope.length > 0 ? args.map((arg) => (arg === "--unit" ? "--user-unit" : arg)) : args;
    const ran = await this.#machine.run("journalctl", scoped, { timeoutMs: CALL_TIMEOUT_MS });
    const details = /^\s/; // ffmpeg's own lines stand indented below
    return (ran?.stdout ?? "").split("\n").findLast((line) => line !== "" && !details.test(line)) ?? null;
  }

  #run(program: string, args: readonly string[]): Promise<Ran | null> {
    return this.#machine.run(program, [...this.#scope, ...args], { timeoutMs: CALL_TIMEOUT_MS });
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it failed without a message";
}
