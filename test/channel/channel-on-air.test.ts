import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { Place } from "../../src/channel/place.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { GivenSettings } from "../../src/settings/resolve.ts";
import { RecordingOutput } from "../outputs/recording-output.ts";
import { closeChannels, makeChannel, path, processes, sends, settingsOf, stays } from "./made-channel.ts";

const PATIENT = { timeout: 20_000 };

const folder = mkdtempSync(join(tmpdir(), "flvcast-on-air-"));
const clip = join(folder, "clip.mp4");
writeFileSync(clip, "a film");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(closeChannels);

/** An output whose end takes its time. */
class SlowOutput extends RecordingOutput {
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    super();
    this.#onEnd = onEnd;
  }

  override async end(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.#onEnd();
  }
}

const URL_OF_IT = "http://127.0.0.1:8080/live/test.flv";
const PAGE_OF_IT = "http://127.0.0.1:8080/watch/test";

/** A channel, in a place that writes down what becomes of it. */
function channelOf(given: Partial<GivenSettings> = {}) {
  const story: string[] = [];
  const hubs: Hub[] = [];
  const place: Place = {
    open: async () => void story.push("open"),
    serve: (hub) => void (hubs.push(hub), story.push("serve")),
    addresses: () => ({
      ...{ url: URL_OF_IT, pageUrl: PAGE_OF_IT, urls: [URL_OF_IT] },
      ...{ isPublic: false, needsToken: true, tokenFile: null },
    }),
    failure: null,
    withToken: (url) => `${url}?token=x`,
    leave: async () => void story.push("leave"),
  };
  return { ...makeChannel(settingsOf(given), { place }), story, hubs };
}

describe("a channel on the air", () => {
  it("says what can be watched where, and how it does", async () => {
    processes(sends, stays);
    const { channel, story, hubs, told } = channelOf({ fps: 25 });
    await expect(channel.restart()).rejects.toMatchObject({
      ...{ reason: "notReady", message: "the stream is still starting" },
    });
    expect(channel.status()).toMatchObject({ state: "starting", viewers: 0, inputs: [], encoder: null });
    channel.start();
    expect(await channel.onAir).toMatchObject({
      ...{
        name: "test",
        url: URL_OF_IT,
        pageUrl: PAGE_OF_IT,
        codecs: ["avc1.64000c", "mp4a.40.2"],
        size: "320x180",
        fps: 25,
      },
      ...{ encoder: "libx264", pid: process.pid, needsToken: true },
    });
    expect(story).toEqual(["open", "serve"]);
    expect(hubs[0]?.isReady).toBe(true);
    const status = channel.status();
    expect(status).toMatchObject({
      ...{ name: "test", state: "on-air", pid: process.pid, isReachable: true },
      ...{ url: URL_OF_IT, pageUrl: PAGE_OF_IT },
      ...{ device: "test", encoder: "libx264", encoderReason: "libx264, as requested" },
      ...{ codecs: ["avc1.64000c", "mp4a.40.2"], size: "320x180", restarts: 0, lastError: null },
      ...{ reason: null, damagedUnits: 0, ignoredUnits: 0, viewers: 0 },
    });
    expect(Math.abs(status.startedMs - performance.timeOrigin)).toBeLessThan(1);
    expect(status.sinceMs).toBeGreaterThan(status.startedMs);
    expect(channel.totals().videoFrames).toBeGreaterThan(1);
    expect(channel.withToken(URL_OF_IT)).toBe(`${URL_OF_IT}?token=x`);
    expect(told("state-changed")).toEqual(['"test" is on-air (was starting)']);
    expect(told("encoder-selected")).toEqual([]); // that was asked for
    await channel.stop();
    expect(channel.status().state).toBe("ended");
    await expect(channel.ended).resolves.toBeUndefined();
    expect(story).toEqual(["open", "serve", "leave"]);
  });

  it("says which encoder was taken where none of the hardware works", async () => {
    processes(sends, stays);
    const { channel, told } = channelOf({ encoder: "auto" });
    channel.start();
    await channel.onAir;
    expect(told("encoder-selected")).toEqual([channel.status().encoderReason]);
    expect(channel.status().encoder).toBe("libx264");
  });

  it("starts its processes again when it is told to, and goes on", async () => {
    processes(sends, stays);
    const { channel, story, told } = channelOf();
    channel.start();
    await channel.onAir;
    const output = new SlowOutput(() => story.push("output's end"));
    channel.outputs.add(output);
    const { videoFrames } = channel.totals();
    await channel.restart();
    await vi.waitFor(() => expect(channel.totals().videoFrames).toBeGreaterThan(videoFrames), PATIENT);
    expect(channel.totals().keyFrames).toBeGreaterThan(1);
    expect(channel.status()).toMatchObject({ state: "on-air", lastError: null });
    await channel.outputs.remove(output);
    expect(output.heard[0]).toBe("begin");
    expect(story.at(-1)).toBe("output's end");
    expect(told("state-changed")).not.toContain('"test" is ended (was on-air)');
  });

  it("ends its outputs before its place, however long they take", async () => {
    processes(sends, stays);
    const { channel, story } = channelOf();
    const output = new SlowOutput(() => story.push("output's end"));
    channel.start();
    await channel.onAir;
    channel.outputs.add(output);
    await channel.stop();
    expect(story.slice(-2)).toEqual(["output's end", "leave"]);
  });

  it("is degraded while an input is started again, and says why", async () => {
    processes(sends, { waitMs: 500 }, { stderr: "/dev/video0: No such device" }, { exit: 1 });
    const { channel, told } = channelOf();
    channel.start();
    await channel.onAir;
    processes({ waitMs: 300 }, sends, stays);
    await vi.waitFor(() => expect(channel.status().state).toBe("degraded"), PATIENT);
    const { lastError, reason } = channel.status();
    expect([lastError, reason]).toEqual([expect.stringContaining("No such device"), "deviceAbsent"]);
    await vi.waitFor(() => expect(channel.status().state).toBe("on-air"), PATIENT);
    expect(channel.status().restarts).toBeGreaterThan(0);
    expect(told("state-changed").slice(-2)).toEqual([
      '"test" is degraded (was on-air)',
      '"test" is on-air (was degraded)',
    ]);
  });

  it("fails with its input under --exit-on-device-error", async () => {
    processes(sends, { waitMs: 300 }, { stderr: "/dev/video0: No such device" }, { exit: 1 });
    const { channel, story } = channelOf({ exitOnDeviceError: true });
    channel.start();
    await expect(channel.ended).rejects.toMatchObject({ reason: "deviceAbsent" });
    expect(channel.status().state).toBe("ended");
    expect(story.at(-1)).toBe("leave");
  });

  it("ends after --duration, and counts as stopped then", async () => {
    processes(sends, stays);
    const { channel } = channelOf({ durationMs: 100 });
    channel.start();
    await channel.onAir;
    expect(channel.ending.isStopped).toBe(false);
    await expect(channel.ended).resolves.toBeUndefined();
    expect(channel.ending.isStopped).toBe(true);
  });
});

describe("a channel that never comes on the air", () => {
  it("has failed where its input ends before a key frame", async () => {
    const listing = [
      ...["Input #0, mov, from 'it':", "  Duration: 00:00:02.00, start: 0.000000"],
      "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps",
    ];
    processes(...listing.map((stderr) => ({ stderr })));
    const { channel } = channelOf({ device: clip });
    channel.start();
    const message = `${clip} sent no video (the input ended)`;
    await expect(channel.ended).rejects.toMatchObject({ reason: "brokenInput", message });
    await expect(channel.onAir).rejects.toMatchObject({ message });
  });

  it("has failed where nothing came in time", async () => {
    processes(stays);
    const { channel } = channelOf({ readyTimeoutMs: 1000 });
    channel.start();
    await expect(channel.ended).rejects.toMatchObject({
      reason: "notReady",
      message: "test sent no video (waited 1 s; --ready-timeout)",
    });
  });

  it("was stopped before", async () => {
    processes(stays);
    const { channel } = channelOf();
    channel.start();
    await channel.opened;
    await channel.stop();
    expect(await channel.onAir).toBeNull();
  });

  it("was never started", async () => {
    const { channel, story } = channelOf();
    await channel.stop();
    await expect(channel.ended).resolves.toBeUndefined();
    expect(story).toEqual(["leave"]);
  });
});

it("a channel of sound alone has no still picture", async () => {
  const listing = [
    ...["Input #0, mov, from 'it':", "  Duration: 00:00:02.00, start: 0.0"],
    "  Stream #0:0: Audio: aac (LC), 48000 Hz, stereo, fltp",
  ];
  const [probe, capture] = [
    listing.map((stderr) => ({ stderr })),
    { replay: { 3: path("fixtures/audio-5.1.nut") } },
  ];
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify({ audio: [probe, [capture]] }));
  vi.stubEnv("FAKE_FFMPEG_LIVES", folder);
  const { channel } = channelOf({ device: clip });
  channel.start();
  expect(await channel.onAir).toMatchObject({ codecs: ["mp4a.40.2"], size: null, encoder: null });
  await expect(channel.ended).resolves.toBeUndefined();
  expect(await channel.still()).toEqual({ kind: "none" });
});

function onDemand() {
  processes(sends, stays);
  return channelOf({ onDemand: true, lingerMs: 1000 });
}

describe("a channel on demand", () => {
  it("is idle after its check, and on the air while an output wants it", async () => {
    const { channel, hubs, told } = onDemand();
    channel.start();
    expect(await channel.onAir).not.toBeNull();
    await expect.poll(() => channel.state, PATIENT).toBe("idle");
    expect(channel.status()).toMatchObject({ isOnDemand: true, fps: null, size: "320x180", lastError: null });
    expect(hubs[0]?.admission).toBe("not-ready");
    await channel.restart(); // there is nothing to restart
    const output = new RecordingOutput();
    channel.outputs.add(output);
    await expect.poll(() => output.heard, PATIENT).toContain("ready");
    expect([channel.state, hubs.length]).toEqual(["on-air", 1]);
    await channel.outputs.remove(output);
    await expect.poll(() => channel.state, PATIENT).toBe("idle");
    const states = ["on-air (was starting)", "idle (was on-air)", "starting (was idle)"];
    expect(told("state-changed").slice(0, 3)).toEqual(states.map((state) => `"test" is ${state}`));
    await channel.stop();
    expect(channel.state).toBe("ended");
  });

  it("says why it could not be started, is idle, and starts with the next who wants it", async () => {
    const { channel, told } = onDemand();
    channel.start();
    await channel.onAir;
    await expect.poll(() => channel.state, PATIENT).toBe("idle");
    processes({ stderr: "Cannot allocate memory" }, { exit: 1 });
    expect(await channel.still()).toEqual({ kind: "not-yet" });
    expect(channel.status()).toMatchObject({ state: "idle", reason: "failure" });
    expect(channel.standby?.failure?.reason).toBe("failure");
    expect(told("start-failed")).toEqual([expect.stringMatching(/^cannot start "test": .*Cannot allocate/)]);
    processes(sends, stays);
    await expect.poll(() => channel.standby?.failure, PATIENT).toBeNull();
    channel.outputs.add(new RecordingOutput());
    await expect.poll(() => channel.state, PATIENT).toBe("on-air");
    expect(channel.status().reason).toBeNull();
  });

  it("ends where its check fails", async () => {
    processes({ exit: 1 });
    const { channel } = channelOf({ onDemand: true });
    channel.start();
    await expect(channel.ended).rejects.toBeInstanceOf(Error);
  });
});
