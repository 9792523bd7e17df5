import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { noOverrides } from "../../src/channel/channel-plan.ts";
import { Session } from "../../src/channel/session.ts";
import { ClockWatch } from "../../src/channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../../src/channel/supervisor/device-watch.ts";
import type { Source } from "../../src/devices/source.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import type { EncoderChoice } from "../../src/encoders/choose.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import type { ProcessPlan } from "../../src/ffmpeg/plan.ts";
import type { LogEvent } from "../../src/log.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { livePipeline } from "./live-pipeline.ts";

const source = testSource({ wanted: { video: true, audio: false }, size: null, fps: null });
const fixture = fileURLToPath(new URL("../fixtures/video-5.1.nut", import.meta.url));
const sends = `process.stdout.write(require("fs").readFileSync(${JSON.stringify(fixture)}));`;
const stays = "setInterval(() => 0, 1000);";
const says = (line: string) => `console.error(${JSON.stringify(line)});`;

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

/** Node in ffmpeg's place, with this script. */
function processOf(label: string, script: string, more: Partial<Source> = {}): ProcessPlan {
  const video = { pipe: 1, encoder: "libx264", bitrateKbps: null, fps: null, gopSeconds: 1 };
  const baseS = Date.now() / 1000;
  return { source: { ...source, label, ...more }, args: ["-e", script], video, audio: null, baseS };
}

function encoderOf(name: string): EncoderChoice {
  const encoder = encoders.find((one) => one.name === name) ?? softwareEncoder.encoder;
  const chosen = { encoder, node: null, profile: "high", forcesKeyFrames: true } as const;
  return { chosen, reason: name, isFallback: false, isAuto: true };
}

/** A session of these processes; `begun`: how many of them have been started, by what they sent. */
function run(...processes: readonly ProcessPlan[]) {
  let [offsetMs, next] = [0, "libx264"];
  const [watch, clock] = [new DeviceWatch([]), new ClockWatch(() => offsetMs)];
  const notices: LogEvent[] = [];
  const lines: string[] = [];
  const settings: string[] = [];
  const tracks = { video: true, audio: false };
  const session = new Session({
    settings: { stallMs: 5000, exitOnDeviceError: false, flvForm: "enhanced" },
    planner: {
      replan: async ({ plan }, channel) => ({
        process: plan,
        plan: { ...channel, encoder: encoderOf(next) },
      }),
    },
    plan: {
      ffmpeg: { path: process.execPath, version: "7.1", majorVersion: 7 },
      ...{ processes, readsStdin: false, isCopied: false, encoder: encoderOf("libx264") },
      ...{ tracks, overrides: noOverrides, rates: { framerate: 30 } },
    },
    outputs: livePipeline({ tracks }).outputs,
    surroundings: {
      ...{ machine: thisMachine({}), watch, clock, encoders: new EncoderCache("/dev/null/nowhere") },
      stdin: process.stdin,
    },
    events: {
      onFfmpegLine: (line) => lines.push(line),
      onPackets: (packets) =>
        settings.push(...packets.filter(({ kind }) => kind === "video-config").map(({ kind }) => kind)),
      onDropped: () => undefined,
      onNotice: (event) => notices.push(event),
      onChange: () => undefined,
    },
  });
  session.ended.catch(() => undefined); // whoever awaits it hears of it
  close = async () => {
    await session.stop();
    watch.close();
    clock.close();
  };
  const setClock = (stepMs: number) => {
    offsetMs += stepMs;
    return clock.setUs;
  };
  const has = (count: number) => vi.waitFor(() => expect(settings).toHaveLength(count), { timeout: 20_000 });
  const planWith = (name: string) => (next = name);
  return { session, notices, lines, has, setClock, planWith };
}

it.each([
  [3_600_000, "forward by 3600.0 s"],
  [-1500, "back by 1.5 s"],
])(
  "a clock that is set by %d ms starts the processes again whose devices stamp by it",
  async (stepMs, words) => {
    const { notices, lines, has, setClock } = run(
      processOf("cam0", says("begins") + sends + stays, { clock: "epoch" }),
      processOf("test", sends + stays, { clock: "own" }),
    );
    await has(2);
    setClock(stepMs);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1), { timeout: 20_000 });
    const text = `the system clock was set ${words}; restarting cam0`;
    expect(notices.slice(0, 1)).toMatchObject([
      { event: "clock-changed", text, fields: { input: "cam0", stepMs } },
    ]);
  },
);

it("a clock that is set is nothing to sources with clocks of their own, nor to a session that is over", async () => {
  const { session, notices, has, setClock } = run(processOf("test", sends + stays, { clock: "own" }));
  await has(1);
  setClock(3_600_000);
  await session.stop();
  setClock(-3_600_000);
  expect(notices).toEqual([]);
});

it.each([
  ["The driver changed the time per frame from 1/30 to 1/15", "rate", 15],
  ["The driver does not permit changing the time per frame", "fixed-rate", undefined],
  ["The V4L2 driver changed the video from 1920x1080 to 1280x720", "size", 30],
])(
  "what a driver makes of what it was asked is told, and stands in the metadata: %s",
  async (line, change, rate) => {
    const { session, notices, has } = run(
      processOf("cam0", says(`[video4linux2 @ 0x1] ${line}`) + sends + stays),
    );
    await has(1);
    await vi.waitFor(() => expect(notices).toHaveLength(1), 20_000);
    expect(notices).toMatchObject([{ event: "format-changed", fields: { input: "cam0", change } }]);
    expect(session.pipeline.rates.framerate).toBe(rate);
    expect(session.pipeline.videoConfig).not.toBeNull();
  },
);

it.each([
  ["another one is told", "h264_amf", ["test is now encoded with h264_amf"]],
  ["the same one is not", "libx264", []],
])("of the encoder of the next process, %s", async (_, name, told) => {
  const { session, notices, has, planWith } = run(processOf("test", sends + stays));
  await has(1);
  planWith(name);
  session.restart();
  await has(2);
  const selected = notices.filter(({ event }) => event === "encoder-selected").map(({ text }) => text);
  expect(selected).toEqual(told);
  expect(session.plan.encoder?.chosen.encoder.name).toBe(name);
});

it("an input that sends nothing of use is named, with what was wrong with it", async () => {
  const { session, lines } = run(processOf("cam0", says("hello") + stays), processOf("cam1", stays));
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
  expect(session.neverReady("notReady", "it has had 15 s").message).toBe(
    "cam0 and cam1 sent no video (it has had 15 s)",
  );
  expect(session.inputs.map(({ label }) => label)).toEqual(["cam0", "cam1"]);
});

it("is over with its first input's end", async () => {
  const { session } = run(processOf("clip.mp4", sends, { hasEnd: true }), processOf("cam1", stays));
  await expect(session.ended).resolves.toBeUndefined();
});

it("fails with any input's failure before there is anything to watch", async () => {
  const { session } = run(processOf("cam0", stays), processOf("cam1", "process.exit(1)"));
  await expect(session.ended).rejects.toMatchObject({ message: expect.stringContaining("cam1") as string });
});
