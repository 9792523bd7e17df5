import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type * as flvcast from "../../src/index.ts";
import { flvcastPackage } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { until } from "./processes.ts";

// The built package, of which vitest is to transform nothing.
const built = pathToFileURL(join(flvcastPackage, "dist/index.js")).href;
const { startStream }: typeof flvcast = await import(/* @vite-ignore */ built);

const [, , , , , ffmpeg] = fakeArgs;
const settings = { device: "test", audio: "none", ffmpeg, encoder: "libx264", port: 0 } as const;

beforeEach(() => {
  vi.stubEnv("RUNTIME_DIRECTORY", freshStateFolder());
  vi.stubEnv("CACHE_DIRECTORY", freshStateFolder());
});
afterEach(() => void vi.unstubAllEnvs());

/** What the fake ffmpeg does. */
function play(...steps: readonly object[]): void {
  vi.stubEnv("FAKE_FFMPEG", taking(...steps).env?.["FAKE_FFMPEG"]);
}

const live = [{ replay: { 1: picturesPath } }, { stderr: "a line" }, { stall: true }] as const;

function stopped(stream: flvcast.Stream): flvcast.Stream {
  onTestFinished(() => stream.stop());
  return stream;
}

it("tells each event with its fields", async () => {
  play({ replay: { 1: picturesPath } }, { exit: 1 });
  const states: string[] = [];
  let lost: Extract<flvcast.LogEvent, { event: "input-lost" }>["fields"] | null = null;
  const stream = await startStream(settings, {
    onEvent: (event) => {
      if (event.event === "state-changed") states.push(`${event.fields.before} ${event.fields.state}`);
      if (event.event === "input-lost") lost = event.fields;
    },
  });
  await until("it has lost its input", () => lost !== null);
  await stream.stop();
  expect(lost).toEqual({ input: "test", reason: "failure", retryMs: expect.any(Number) });
  expect([states[0], states[1], states.at(-1)?.split(" ")[1]]).toEqual([
    "starting on-air",
    "on-air degraded",
    "ended",
  ]);
});

it.each<[what: string, callback: () => void]>([
  ["throws", () => expect.unreachable("a bug")],
  ["rejects", () => Promise.reject(new Error("a bug"))],
])("a callback that %s costs the stream nothing, and is told of once", async (_what, callback) => {
  play(...live);
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const stream = stopped(await startStream(settings, { onEvent: callback, onFfmpegLine: callback }));
  await expect(stream.onAir).resolves.toMatchObject({ name: "test" });
  await stream.stop();
  await stream.ended;
  await until("both are told of", () => warnings.length >= 2);
  expect(warnings).toMatchObject([
    {
      code: "FLVCAST_CALLBACK",
      message: expect.stringContaining("onEvent threw an error"),
      detail: expect.stringContaining("a bug"),
    },
    { code: "FLVCAST_CALLBACK", message: expect.stringContaining("onFfmpegLine threw an error") },
  ]);
});

it("a signal ends a start that looks for its device", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  const address = silent.address();
  if (typeof address === "string" || address === null) throw new Error("no port");
  play({ stall: true });
  const stop = new AbortController();
  const device = `rtsp://127.0.0.1:${address.port}/1`;
  const starting = startStream({ ...settings, device }, { signal: stop.signal });
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 200);
  await expect(starting).rejects.toBe(reason);
});

it("a failure that nobody waits for ends no process", async () => {
  play({ stderr: "Conversion failed!" }, { exit: 1 });
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", listen);
  onTestFinished(() => void process.off("unhandledRejection", listen));
  const stream = await startStream(settings);
  await until("it is over", () => stream.status().state === "ended");
  await new Promise((resolve) => setImmediate(resolve)); // when Node tells of rejections
  expect(unhandled).toEqual([]);
  await expect(stream.ended).rejects.toMatchObject({ name: "UserError", code: "failure" });
});

it("a stream that is disposed of is over", async () => {
  play(...live);
  const stream = await startStream(settings);
  await stream.onAir;
  await stream[Symbol.asyncDispose]();
  expect(stream.status().state).toBe("ended");
});
