import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { noOverrides } from "../../src/channel/channel-plan.ts";
import { Session } from "../../src/channel/session.ts";
import { ClockWatch } from "../../src/channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../../src/channel/supervisor/device-watch.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { fixture } from "../media/fixture.ts";
import { livePipeline } from "./live-pipeline.ts";

/** A slice of a picture that builds on another: nothing can begin with it. */
const DELTA = [0, 0, 0, 1, 0x41, 0x9a, 0, 1];

/** A session of H.264 on stdin, and what it tells. */
function fromStdin() {
  const stdin = new PassThrough();
  const [watch, clock] = [new DeviceWatch([]), new ClockWatch()];
  const told: string[] = [];
  const { outputs } = livePipeline({ tracks: { video: true, audio: false } });
  const heard: { readonly kinds: readonly string[]; readonly isReady: boolean }[] = [];
  const session = new Session({
    settings: { stallMs: 5000, exitOnDeviceError: false, flvForm: "enhanced" },
    planner: { replan: () => Promise.reject(new Error("no process is run")) },
    plan: {
      ...{ ffmpeg: null, processes: [], readsStdin: true, isCopied: false, encoder: null, rates: {} },
      ...{ tracks: { video: true, audio: false }, overrides: noOverrides },
    },
    outputs,
    surroundings: {
      ...{ machine: thisMachine({}), watch, clock, encoders: new EncoderCache("/dev/null/nowhere") },
      stdin: stdin as unknown as NodeJS.ReadStream, // of which only a stream's part is used
    },
    events: {
      ...{ onFfmpegLine: () => undefined, onDropped: () => undefined },
      onPackets: (packets) =>
        heard.push({ kinds: packets.map(({ kind }) => kind), isReady: outputs.isReady }),
      onNotice: ({ event }) => told.push(event),
      onChange: () => undefined,
    },
  });
  const close = async () => {
    await session.stop();
    watch.close();
    clock.close();
  };
  return { session, stdin, told, heard, close };
}

it.each<[string, readonly number[], RegExp, string]>([
  ["nothing", [], /^stdin sent no video \(it has ended\)$/, "notReady"],
  [
    "pictures that nothing can begin with",
    [...DELTA, ...DELTA, ...DELTA],
    /^stdin sent 3 frames, but no IDR frame with SPS and PPS .* \(it has ended\); have the encoder/,
    "brokenInput",
  ],
])("a session to which came %s says so when it is never ready", async (_, bytes, message, reason) => {
  const { session, stdin, close } = fromStdin();
  stdin.end(Buffer.from(bytes));
  await session.ended;
  expect(session.neverReady("notReady", "it has ended")).toMatchObject({
    message: expect.stringMatching(message) as string,
    reason,
  });
  await close();
});

it("who hears of the first packets finds the outputs ready, though nothing else ever comes", async () => {
  const { stdin, heard, close } = fromStdin();
  stdin.write(fixture("baseline.h264"));
  await setImmediate();
  expect(heard.map(({ isReady }) => isReady)).toEqual([true]);
  expect(heard[0]?.kinds.slice(0, 2)).toEqual(["video-config", "video-frame"]);
  await close();
});

it("a session of stdin alone has no input to start again, and ends when it is stopped", async () => {
  const { session, told, close } = fromStdin();
  expect(session.inputs).toEqual([]);
  session.restart();
  await setImmediate();
  await close();
  await expect(session.ended).resolves.toBeUndefined();
  expect(told).toEqual([]);
});
