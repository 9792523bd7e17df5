import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RetryWait } from "../../../src/channel/supervisor/retry-wait.ts";
import { UserError } from "../../../src/errors.ts";
import { Backoff } from "../../../src/system/backoff.ts";
import { FailureNews } from "../../../src/system/failure-news.ts";

const listeners = new Set<() => void>();
const watch = {
  onChange: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
const somethingChanges = () => {
  for (const listener of listeners) listener();
};
let wait: RetryWait;
/** Each pause, and what was told before it. */
const story: (string | number)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  story.length = 0;
  wait = new RetryWait({
    watch,
    backoff: new Backoff(() => 0.5),
    news: new FailureNews(({ message }) => story.push(message)),
    onPause: (_, delayMs) => story.push(delayMs),
  });
});
afterEach(() => {
  wait.end();
  vi.useRealTimers();
});

/** How long a pause of `ms` lasts, when something happens after `afterMs` of it. */
async function lasts(ms: number, afterMs = 0, happens: () => void = () => undefined): Promise<number> {
  const beganMs = performance.now();
  let endedMs = Number.NaN;
  void wait.pause(ms).then(() => (endedMs = performance.now()));
  await vi.advanceTimersByTimeAsync(afterMs);
  happens();
  await vi.advanceTimersByTimeAsync(ms);
  return endedMs - beganMs;
}

it("is ever longer", async () => {
  expect([wait.nextMs(0), wait.nextMs(0), wait.nextMs(0)]).toEqual([500, 1000, 2000]);
  expect(await lasts(2000)).toBe(2000);
});

it("is over when a device may have come, short for five seconds after that, and then grows again", async () => {
  expect(await lasts(15_000, 300, somethingChanges)).toBe(300);
  expect(wait.nextMs(0)).toBe(500); // the fifteen seconds of `lasts` are over
  somethingChanges();
  await wait.pause(15_000);
  expect(wait.nextMs(0)).toBe(100);
  await vi.advanceTimersByTimeAsync(4900);
  expect(wait.nextMs(0)).toBe(100);
  await vi.advanceTimersByTimeAsync(200);
  expect([wait.nextMs(0), wait.nextMs(0)]).toEqual([500, 1000]);
});

it("does not begin where something has changed since the last: the device came while it was looked for", async () => {
  somethingChanges();
  expect(await lasts(15_000)).toBe(0);
  expect(await lasts(15_000)).toBe(15_000);
});

it("ends when nobody waits any more", async () => {
  expect(await lasts(15_000, 100, () => wait.end())).toBe(100);
  expect(await lasts(15_000)).toBe(0);
  expect(listeners.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it("tells what is wrong when that changes, and not while it may pass in a moment", async () => {
  const [away, taken] = [new UserError("deviceAbsent", "away"), new UserError("deviceBusy", "taken")];
  const fails = async (failure: UserError) => {
    const paused = wait.afterFailure(failure);
    await vi.advanceTimersByTimeAsync(15_000);
    await paused;
  };
  for (const failure of [away, away, taken]) await fails(failure);
  somethingChanges();
  await wait.pause(15_000);
  await fails(away);
  expect(story).toEqual([500, "away", 1000, 2000, "taken", 100]);
});

it("comes between tries, each of which knows the last failure, until one succeeds", async () => {
  const failures = [new UserError("deviceAbsent", "away"), new UserError("deviceBusy", "taken")];
  const known: (string | null)[] = [];
  const opened = wait.retry(
    async (last) => {
      known.push(last?.message ?? null);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return "open";
    },
    () => true,
  );
  await vi.advanceTimersByTimeAsync(1500);
  expect(await opened).toBe("open");
  expect(known).toEqual([null, "away", "taken"]);
});

it.each([
  ["a failure that does not pass", new UserError("usage", "no")],
  ["a bug", new TypeError("no")],
])("does not come after %s", async (_what, failure) => {
  const opened = wait.retry(
    () => Promise.reject(failure),
    ({ reason }) => reason !== "usage",
  );
  await expect(opened).rejects.toBe(failure);
  expect(story).toEqual([]);
});

it("comes to nothing when nobody waits any more", async () => {
  const opened = wait.retry(
    () => Promise.reject(new UserError("deviceAbsent", "away")),
    () => true,
  );
  await vi.advanceTimersByTimeAsync(100);
  wait.end();
  expect(await opened).toBeNull();
  expect(
    await wait.retry(
      () => Promise.resolve(1),
      () => true,
    ),
  ).toBeNull();
});
