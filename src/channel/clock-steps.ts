import { isOnWallClock } from "../devices/source.ts";
import type { LogEvent } from "../log.ts";
import { clockChanged } from "./session-events.ts";
import type { ClockWatch } from "./supervisor/clock-watch.ts";
import type { SupervisedInput } from "./supervisor/input.ts";

type Input = Pick<SupervisedInput, "plan" | "label" | "restart">;

/**
 * Restarts inputs whenever the system's clock is set: what devices have stamped by it since cannot be used, see `epochClock`.
 * Nobody looks at the clock for inputs that do not go by it.
 *
 * @returns ends it
 */
export function restartAtClockSteps(
  inputs: readonly Input[],
  clock: Pick<ClockWatch, "onSet">,
  onNotice: (event: LogEvent) => void,
): () => void {
  const stamped = () => inputs.filter(({ plan }) => isOnWallClock(plan.source));
  if (stamped().length === 0) return () => undefined;
  return clock.onSet((stepMs) => {
    const restarted = stamped(); // of another process by now, perhaps
    if (restarted.length === 0) return;
    onNotice(
      clockChanged(
        restarted.map(({ label }) => label),
        stepMs,
      ),
    );
    for (const input of restarted) input.restart();
  });
}
