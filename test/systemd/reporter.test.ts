import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamStatus } from "../../src/stream.ts";
import { SystemdReporter, statusLine } from "../../src/systemd/reporter.ts";
import { FakeSystemd } from "./fake-systemd.ts";
import { camera, onAirStatus } from "./some-status.ts";

const limits = () => ({ stallMs: 5000, firstFrameMs: 15_000, longestPauseMs: 18_000 });
const supervised = { NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" };
const starting: StreamStatus = {
  ...onAirStatus,
  state: "starting",
  inputs: [{ ...camera, state: "starting" }],
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream whose frames flow until a test stops them. */
function attended(env: Readonly<Record<string, string>> = supervised, isServer = false) {
  const machine = new FakeSystemd(env);
  const notices: string[] = [];
  let current = starting;
  let lastFrameMs: number | null = null;
  const status = (): StreamStatus => ({
    ...current,
    inputs: current.inputs.map((input) => ({ ...input, lastFrameMs: lastFrameMs ?? Date.now() })),
  });
  const reporter = new SystemdReporter(() => [status()], {
    ...{ machine, limits, pid: 7, isServer },
    onNotice: ({ text }) => notices.push(text),
  });
  return {
    ...{ machine, notices, reporter },
    becomes: (next: StreamStatus) => (current = next),
    stall: () => (lastFrameMs = Date.now()),
    said: (word: string) => machine.runs.filter((line) => line.includes(word)).length,
  };
}

test("ready is said once, when it can be watched", async () => {
  const { reporter, becomes, said } = attended();
  await vi.advanceTimersByTimeAsync(5000);
  expect(said("READY=1")).toBe(0);
  becomes(onAirStatus);
  reporter.look();
  await vi.advanceTimersByTimeAsync(5000);
  becomes({ ...onAirStatus, state: "degraded" });
  await vi.advanceTimersByTimeAsync(5000);
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(5000);
  expect(said("READY=1")).toBe(1);
});

test("a server is ready when none of its streams is about to start, though all of them wait", async () => {
  const { reporter, becomes, said } = attended(supervised, true);
  await vi.advanceTimersByTimeAsync(2000);
  expect(said("READY=1")).toBe(0);
  becomes({ ...onAirStatus, state: "waiting" });
  reporter.look();
  await vi.advanceTimersByTimeAsync(2000);
  expect(said("READY=1")).toBe(1);
});

test("a reload is told before and after, in messages of their own, and not before all is ready", async () => {
  const { reporter, machine, becomes } = attended();
  const told = () => machine.runs.filter((line) => /RELOADING|READY/.test(line));
  await reporter.reload(async () => expect(told()).toEqual([]));
  becomes(onAirStatus);
  reporter.look();
  await vi.advanceTimersByTimeAsync(100);
  const reload = reporter.reload(async () => {
    expect(told().at(-1)).toMatch(/^systemd-notify RELOADING=1 MONOTONIC_USEC=\d+$/);
    throw new Error("refused");
  });
  await expect(reload).rejects.toThrow("refused");
  await vi.advanceTimersByTimeAsync(100);
  expect(told().map((line) => /RELOADING=1|READY=1/.exec(line)?.[0])).toEqual([
    "READY=1",
    "RELOADING=1",
    "READY=1",
  ]);
});

const [onAir, waiting] = [onAirStatus, { ...onAirStatus, state: "waiting" } as const];
const degraded = { ...onAirStatus, state: "degraded" } as const;
const ended = { ...onAirStatus, state: "ended" } as const;
const idle = { ...onAirStatus, state: "idle" } as const;

test.each<[statuses: readonly StreamStatus[], isReady: boolean]>([
  [[], false],
  [[starting], false],
  [[waiting], false],
  [[ended], false],
  [[degraded], true],
  [[onAir, waiting], true],
  [[degraded, waiting], true],
  [[waiting, waiting], false],
  [[idle], true],
  [[idle, onAir], true],
  [[idle, waiting], true],
  [[idle, starting], false],
  [[onAir, starting], false],
  [[onAir, ended], false],
])("a server with streams that are %j is ready: %s", async (statuses, isReady) => {
  const machine = new FakeSystemd(supervised);
  const reporter = new SystemdReporter(() => statuses, { machine, limits, onNotice: () => undefined });
  await reporter.stop();
  expect(machine.runs.some((line) => line.includes("READY=1"))).toBe(isReady);
  expect(machine.runs.some((line) => line.includes("EXTEND_TIMEOUT_USEC"))).toBe(!isReady);
});

test("while a device is waited for, more time is asked for before it is over", async () => {
  const { said } = attended();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(said("EXTEND_TIMEOUT_USEC=60000000")).toBe(21); // each half a minute, and at once
});

test("the status is told when it changes, and not otherwise", async () => {
  const { becomes, said } = attended({ NOTIFY_SOCKET: "@notify" });
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said("on air")).toBe(1);
  becomes({ ...onAirStatus, state: "degraded" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said("on air")).toBe(2);
});

test("the watchdog is fed at half of its time", async () => {
  const { becomes, said } = attended();
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(150_000);
  expect(said("WATCHDOG=1")).toBe(11);
});

test("a watchdog that is for nobody in particular is ours", async () => {
  const { becomes, said } = attended({ NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "30000000" });
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(said("WATCHDOG=1")).toBe(1);
});

test("the watchdog is fed no more when an input is neglected, which is said once, and again when it is not", async () => {
  const { becomes, said, stall, notices } = attended();
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(1000);
  stall();
  await vi.advanceTimersByTimeAsync(16_000);
  const fed = said("WATCHDOG=1");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said("WATCHDOG=1")).toBe(fed);
  expect(notices).toEqual([
    "camera has sent no frames and has not been restarted; leaving it to systemd's watchdog to restart the service",
  ]);
  stall(); // a frame, after all
  await vi.advanceTimersByTimeAsync(1000);
  expect(said("WATCHDOG=1")).toBe(fed + 1);
});

test.each([
  [{ NOTIFY_SOCKET: "@notify" }],
  [{ ...supervised, WATCHDOG_PID: "8" }],
  [{ ...supervised, WATCHDOG_USEC: "soon" }],
  [{ ...supervised, WATCHDOG_USEC: "0" }],
  [{ ...supervised, WATCHDOG_USEC: "-5" }],
])("no watchdog is fed that is not there, or is another's: %j", async (env) => {
  const { becomes, said } = attended(env);
  becomes(onAirStatus);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said("WATCHDOG=1")).toBe(0);
});

test("the end is said, and nothing after it", async () => {
  const { reporter, machine } = attended();
  await vi.advanceTimersByTimeAsync(1000);
  await reporter.stop();
  const { length } = machine.runs;
  expect(machine.runs.at(-1)).toBe("systemd-notify STOPPING=1 STATUS=stopping");
  expect(machine.ended).toBe(length);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(machine.runs).toHaveLength(length);
});

test("outside of systemd nobody asks how it is doing", async () => {
  const machine = new FakeSystemd();
  const reporter = new SystemdReporter(
    () => {
      throw new Error("asked");
    },
    { machine, limits, onNotice: () => undefined },
  );
  reporter.look();
  await vi.advanceTimersByTimeAsync(60_000);
  await reporter.stop();
  expect(machine.runs).toEqual([]);
});

const lost = { ...camera, label: "microphone", state: "waiting", lastError: "mic0 is gone" } as const;

test.each([
  [{}, "on air: http://127.0.0.1:8080/live/door.flv (1280x720, libx264)"],
  [{ url: null }, "on air (1280x720, libx264)"],
  [{ size: null, encoder: null }, "on air: http://127.0.0.1:8080/live/door.flv"],
  [
    { state: "degraded", inputs: [camera, lost] },
    "on air: http://127.0.0.1:8080/live/door.flv (1280x720, libx264), without microphone: mic0 is gone",
  ],
  [
    {
      state: "degraded",
      lastError: "no sound",
      inputs: [
        { ...lost, lastError: null },
        { ...camera, state: "ended" },
      ],
    },
    "on air: http://127.0.0.1:8080/live/door.flv (1280x720, libx264), without microphone: no sound",
  ],
  [
    {
      state: "degraded",
      url: null,
      inputs: [
        { ...lost, label: "camera", lastError: null },
        lost,
        { ...lost, label: "other", lastError: "late" },
      ],
    },
    "on air (1280x720, libx264), without camera and microphone and other: mic0 is gone",
  ],
  [
    { state: "degraded", size: null, encoder: null, inputs: [] },
    "on air: http://127.0.0.1:8080/live/door.flv, without cam0",
  ],
  [{ encoder: null }, "on air: http://127.0.0.1:8080/live/door.flv (1280x720)"],
  [{ state: "starting" }, "waiting for the first key frame from cam0"],
  [{ state: "waiting" }, "waiting for cam0"],
  [{ state: "waiting", lastError: "no camera cam0" }, "waiting for cam0: no camera cam0"],
  [{ state: "idle" }, "idle: http://127.0.0.1:8080/live/door.flv"],
  [
    { state: "idle", lastError: "no camera cam0" },
    "idle: http://127.0.0.1:8080/live/door.flv (no camera cam0)",
  ],
  [{ state: "idle", isReachable: false }, "idle, but unreachable"],
  [{ state: "ended" }, "ended"],
  [{ state: "ended", lastError: "cam0 is gone" }, "ended: cam0 is gone"],
] as const)("a stream that is %j is told in a line", (change, line) => {
  expect(statusLine([{ ...onAirStatus, ...change }])).toBe(line);
});

test("several streams are counted, and those that are not on the air named", () => {
  const garden = { ...onAirStatus, name: "garden" };
  const yard = {
    ...onAirStatus,
    name: "yard",
    state: "waiting",
    device: "cam1",
    lastError: "no camera cam1",
  } as const;
  expect(statusLine([onAirStatus, garden])).toBe("2 on air");
  expect(statusLine([onAirStatus, garden, yard])).toBe("2 on air, yard: waiting for cam1: no camera cam1");
  const asleep = { ...onAirStatus, name: "desk", state: "idle" } as const;
  expect(statusLine([onAirStatus, asleep, garden])).toBe("2 on air, 1 idle");
  const broken = { ...asleep, url: null, lastError: "no camera cam2" };
  expect(statusLine([onAirStatus, asleep, broken])).toBe("1 on air, 1 idle, desk: idle (no camera cam2)");
  const away = { ...garden, isReachable: false, lastError: "192.168.1.7 is gone" };
  expect(statusLine([onAirStatus, away])).toBe(
    "1 on air, garden: on air, but unreachable: 192.168.1.7 is gone",
  );
  expect(statusLine([])).toBe("no streams");
});
