import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ExitIdle } from "../../src/app/exit-idle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function exitIdle() {
  const onOver = vi.fn<() => void>();
  return { exit: new ExitIdle(60_000, onOver), onOver };
}

it("a server ends when all of its streams have been idle for so long", () => {
  const { exit, onOver } = exitIdle();
  exit.look(["idle", "on-air"]);
  vi.advanceTimersByTime(600_000);
  exit.look(["idle", "idle"]);
  vi.advanceTimersByTime(30_000);
  exit.look(["idle", "idle"]); // what else changes begins no new time
  vi.advanceTimersByTime(29_999);
  expect(onOver).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onOver).toHaveBeenCalledOnce();
});

it.each([[["idle", "starting"]], [["idle", "waiting"]], [["degraded"]], [[]]] as const)(
  "a server with streams that are %j goes on",
  (states) => {
    const { exit, onOver } = exitIdle();
    exit.look(["idle"]);
    vi.advanceTimersByTime(59_999);
    exit.look(states);
    vi.advanceTimersByTime(600_000);
    expect(onOver).not.toHaveBeenCalled();
  },
);
