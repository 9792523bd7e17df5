import type { EventHooks } from "../events/event-hooks.ts";
import type { EventRule } from "../settings/serve-settings.ts";
import type { Command } from "../settings/settings.ts";
import type { StreamStatus } from "../stream.ts";
import type { Environment } from "./command.ts";
import type { Report } from "./report.ts";

interface Surroundings {
  readonly name: string;
  readonly env: Environment;
  readonly report: Pick<Report, "event">;
  readonly status: () => StreamStatus;
}

const TIMEOUT_MS = 10_000;

/** `--on-event`: every event of the only stream. Loaded only where it is wanted. */
export async function hooksFor(
  command: Command,
  { name, env, report, status }: Surroundings,
): Promise<EventHooks> {
  const { EventHooks: Hooks } = await import("../events/event-hooks.ts");
  return new Hooks([ruleFor(command)], {
    server: name,
    env,
    onNotice: (event) => report.event(event),
    status,
  });
}

export function ruleFor(command: Command): EventRule {
  return { action: { kind: "run", command, timeoutMs: TIMEOUT_MS }, on: null, afterMs: null };
}
