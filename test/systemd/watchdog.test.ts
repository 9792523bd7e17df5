import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InputStatus } from "../../src/stream.ts";
import { InputWatchdog } from "../../src/systemd/watchdog.ts";
import { camera } from "./some-status.ts";

const patience = () => ({ stallMs: 5000, firstFrameMs: 20_000, longestPauseMs: 18_000 });

/** Which input is stalled at each of these times, where the input changes as told. */
function seen(...looks: readonly (readonly [nowMs: number, input: Partial<InputStatus>])[]) {
  const watchdog = new InputWatchdog(patience);
  return looks.map(([nowMs, input]) =>
    watchdog.stalledInput([{ name: "door", state: "on-air", inputs: [{ ...camera, ...input }] }], nowMs),
  );
}

describe("an input is neglected", () => {
  test("three stalls after its last frame, and not before", () => {
    const input = { lastFrameMs: 1000 };
    expect(seen([1500, input], [16_500, input], [16_501, input])).toEqual([null, null, "camera"]);
  });

  test("three stalls after a restart was due at the latest, and did not come", () => {
    const input = { state: "waiting", retryAtMs: 30_000, restarts: 3 } as const;
    expect(seen([20_000, input], [53_000, input], [53_001, input])).toEqual([null, null, "camera"]);
  });

  test("when a process has sent nothing for longer than a first frame may take, and a stall", () => {
    const input = { state: "starting", lastFrameMs: null } as const;
    expect(seen([0, input], [25_000, input], [25_001, input])).toEqual([null, null, "camera"]);
  });

  test("when it waits for nothing", () => {
    const input = { state: "waiting", retryAtMs: null } as const;
    expect(seen([0, input], [33_000, input], [33_001, input])).toEqual([null, null, "camera"]);
  });
});

describe("all is as it should be", () => {
  test("while a slow input is silent for no longer than it may be, or plays a film of still pictures", () => {
    const slow = { lastFrameMs: 1000, maxSilenceMs: 180_000 };
    expect(seen([0, slow], [540_000, slow], [540_001, slow])).toEqual([null, null, "camera"]);
    const film = { lastFrameMs: 1000, maxSilenceMs: null };
    expect(seen([0, film], [1e9, film])).toEqual([null, null]);
  });

  test("while frames flow", () => {
    const looks = Array.from({ length: 100 }, (_, n) => [n * 5000, { lastFrameMs: n * 5000 - 40 }] as const);
    expect(seen(...looks).every((one) => one === null)).toBe(true);
  });

  test("for days, while the supervisor tries again and again", () => {
    const looks = Array.from({ length: 1000 }, (_, n) => {
      const state = n % 2 === 0 ? ("waiting" as const) : ("starting" as const);
      return [n * 15_000, { state, restarts: Math.floor(n / 2), retryAtMs: n * 15_000 }] as const;
    });
    expect(seen(...looks).every((one) => one === null)).toBe(true);
  });

  test("after a restart: an old last frame counts for nothing while the process starts", () => {
    const before = { lastFrameMs: 1000 };
    const after = { lastFrameMs: 1000, state: "starting", restarts: 1 } as const;
    expect(seen([1500, before], [16_500, after])).toEqual([null, null]);
  });

  test("when an input has ended as it should, or the stream is over", () => {
    expect(seen([0, { state: "ended" }], [999_999, { state: "ended" }])).toEqual([null, null]);
    expect(
      new InputWatchdog(patience).stalledInput([{ name: "door", state: "ended", inputs: [camera] }], 999_999),
    ).toBeNull();
  });

  test.each([3_600_000, -3_600_000])("when the clock is set by %d ms, and frames go on", (stepMs) => {
    const looks = Array.from({ length: 20 }, (_, n) => {
      return [n * 1000, { lastFrameMs: 9e9 + n * 1000 + (n < 10 ? 0 : stepMs) }] as const;
    });
    expect(seen(...looks).every((one) => one === null)).toBe(true);
  });
});

test("of two inputs, the one that is stalled is named", () => {
  const watchdog = new InputWatchdog(patience);
  const look = (nowMs: number) => {
    const inputs = [
      { ...camera, lastFrameMs: nowMs },
      { ...camera, label: "microphone", lastFrameMs: 0 },
    ];
    return watchdog.stalledInput([{ name: "door", state: "on-air", inputs }], nowMs);
  };
  expect([look(0), look(15_000), look(15_001)]).toEqual([null, null, "microphone"]);
});

test("after a reload, an input has the time that it is given then", () => {
  let stallMs = 5000;
  const watchdog = new InputWatchdog(() => ({ ...patience(), stallMs }));
  const look = (nowMs: number) =>
    watchdog.stalledInput(
      [{ name: "door", state: "on-air", inputs: [{ ...camera, lastFrameMs: 0 }] }],
      nowMs,
    );
  expect(look(0)).toBeNull();
  stallMs = 60_000;
  expect(look(100_000)).toBeNull();
  stallMs = 5000;
  expect(look(100_000)).toBe("camera");
});

test("an input that sent a frame within a stall is never neglected", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60_000), fc.nat(4999))), (steps) => {
      let nowMs = 0;
      const looks = steps.map(([step, ago]) => [(nowMs += step), { lastFrameMs: nowMs - ago }] as const);
      expect(seen(...looks).every((one) => one === null)).toBe(true);
    }),
  );
});
