import { expect, it } from "vitest";
import { supervisionLimits } from "../../../src/channel/supervisor/limits.ts";
import { Backoff } from "../../../src/system/backoff.ts";
import { InputWatchdog } from "../../../src/systemd/watchdog.ts";
import { camera } from "../../systemd/some-status.ts";

const limits = supervisionLimits(1000);

/** Whether systemd's watchdog goes without food while an input stays as it is for so long. */
function isNeglected(state: "starting" | "waiting", forMs: number): boolean {
  const watchdog = new InputWatchdog(() => limits);
  const inputs = [{ ...camera, state, lastFrameMs: null }];
  watchdog.stalledInput([{ name: "door", state: "on-air", inputs }], 0);
  return watchdog.stalledInput([{ name: "door", state: "on-air", inputs }], forMs) !== null;
}

it("whoever watches over the supervisor lets a process take as long to its first frame as it does", () => {
  expect(isNeglected("starting", limits.firstFrameMs)).toBe(false);
});

it("whoever watches over the supervisor lets it pause for as long as it may", () => {
  const backoff = new Backoff(() => 1);
  const pausesMs = Array.from({ length: 20 }, () => backoff.failed(0));
  expect(limits.longestPauseMs).toBe(Math.max(...pausesMs));
  expect(isNeglected("waiting", limits.longestPauseMs)).toBe(false);
});

it("a process may be silent at first for as long as later on", () => {
  expect(supervisionLimits(60_000).firstFrameMs).toBe(60_000);
});
