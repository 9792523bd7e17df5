import { setTimeout as delay } from "node:timers/promises";
import { type ExitReason, exitCodes, UserError } from "../errors.ts";
import type { Systemctl, UnitState } from "./systemctl.ts";

const POLL_MS = 300;

/**
 * Waits until the service is up, and is what it says of itself.
 * @throws UserError with the reason and the exit code of the start that failed, or of reason `notReady`
 */
export async function outcome(systemctl: Systemctl, unit: string, timeoutMs: number): Promise<string> {
  const lateMs = performance.now() + timeoutMs;
  for (;;) {
    const state = await systemctl.state(unit);
    if (state.active === "active") return state.statusText;
    if (hasFailed(state)) throw await failure(systemctl, unit, state);
    if (performance.now() >= lateMs) {
      const status = state.statusText === "" ? "" : ` (${state.statusText})`;
      throw new UserError(
        "notReady",
        `${unit} is not streaming after ${Math.round(timeoutMs / 1000)} s${status}; systemd keeps trying (see systemctl status ${unit})`,
      );
    }
    await delay(POLL_MS);
  }
}

/** Before its first start it is `inactive`, which says nothing; a unit that restarts has failed before. */
function hasFailed({ active, sub, restarts }: UnitState): boolean {
  return active === "failed" || sub === "auto-restart" || restarts > 0;
}

/** The journal may take a moment to have what the service said last. */
async function lastWordsLater(systemctl: Systemctl, unit: string): Promise<string | null> {
  await delay(POLL_MS);
  return await systemctl.lastWords(unit);
}

async function failure(systemctl: Systemctl, unit: string, { exitCode }: UnitState): Promise<UserError> {
  const words = (await systemctl.lastWords(unit)) ?? (await lastWordsLater(systemctl, unit));
  const reason = Object.entries(exitCodes).find(([name, code]) => name !== "ok" && code === exitCode)?.[0];
  return new UserError(
    (reason as ExitReason | undefined) ?? "failure", // every name of the table but ok
    `${unit} is installed but fails to start: ${words ?? `exit code ${exitCode}`} (see journalctl -u ${unit})`,
  );
}
