import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type ChannelPlan, noOverrides } from "../../src/channel/channel-plan.ts";
import { Start } from "../../src/channel/start.ts";
import { ClockWatch } from "../../src/channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../../src/channel/supervisor/device-watch.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import { UserError } from "../../src/errors.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { livePipeline } from "./live-pipeline.ts";

const keptPlan: ChannelPlan = {
  ...{ ffmpeg: null, processes: [], readsStdin: false, isCopied: false, rates: {}, encoder: null },
  ...{ tracks: { video: true, audio: false }, overrides: noOverrides },
};

/** A start whose device is not there, or for another reason; `plan` says how long it takes to find that out. */
function absent(
  plan: () => Promise<void>,
  reason: UserError["reason"] = "deviceAbsent",
  kept: ChannelPlan | null = null,
) {
  const over = new AbortController();
  const [watch, clock] = [new DeviceWatch([]), new ClockWatch()];
  const story: string[] = [];
  const start = new Start({
    settings: {
      wait: true,
      readyTimeoutMs: 15_000,
      stallMs: 5000,
      exitOnDeviceError: false,
      flvForm: "enhanced",
    },
    ...{ plan: null, kept },
    planner: {
      renew: async () => {
        story.push("renew");
        throw new UserError(reason, "cam0 is not there");
      },
      plan: async () => {
        story.push("plan");
        await plan();
        throw new UserError(reason, "cam0 is not there");
      },
      prepare: async () => undefined,
      replan: () => Promise.reject(new Error("nothing has run")),
    },
    over: over.signal,
    outputs: livePipeline().outputs,
    surroundings: {
      ...{ machine: thisMachine({}), stdin: process.stdin, watch, clock },
      encoders: new EncoderCache("/dev/null/nowhere"),
    },
    events: {
      ...{
        onFfmpegLine: () => undefined,
        onPackets: () => undefined,
        onDropped: () => undefined,
        onChange: () => undefined,
      },
      onNotice: ({ event }) => story.push(event),
      onWaiting: () => story.push("waiting"),
    },
  });
  const close = () => {
    watch.close();
    clock.close();
  };
  return { start, story, stop: () => over.abort(), close };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a start that is over while it waits for a device looks for it no more", async () => {
  const { start, story, stop, close } = absent(async () => undefined);
  const run = start.run();
  await vi.advanceTimersByTimeAsync(100);
  expect(story).toEqual(["plan", "waiting", "waiting-for-device"]);
  stop();
  await run;
  expect(story).toHaveLength(3);
  close();
});

it("a start that is over while it looks for a device waits for it no more", async () => {
  const { start, story, stop, close } = absent(() => new Promise((resolve) => setTimeout(resolve, 18_000)));
  const run = start.run();
  await vi.advanceTimersByTimeAsync(100);
  stop();
  await vi.advanceTimersByTimeAsync(20_000);
  await run;
  expect(story).toEqual(["plan"]);
  expect(start.current).toBeNull();
  close();
});

it.each([
  ["a wrong word on the command line", "usage", false],
  ["an ffmpeg that is not there", "noFfmpeg", false],
  ["a device that is in use", "deviceBusy", true],
  ["a device that may not be opened", "permission", true],
] as const)("with --wait, %s (%s) is waited for: %s", async (_, reason, isWaited) => {
  const { start, story, stop, close } = absent(async () => undefined, reason);
  const run = start.run().catch((failure: unknown) => failure);
  await vi.advanceTimersByTimeAsync(100);
  stop();
  expect(await run).toEqual(isWaited ? undefined : new UserError(reason, "cam0 is not there"));
  expect(story.includes("waiting")).toBe(isWaited);
  close();
});

it("a start with what ran before plans anew where that cannot be opened any more", async () => {
  const { start, story, stop, close } = absent(async () => undefined, "deviceAbsent", keptPlan);
  const run = start.run();
  await vi.advanceTimersByTimeAsync(100);
  expect(story).toEqual(["renew", "plan", "waiting", "waiting-for-device"]);
  stop();
  await run;
  close();
});
