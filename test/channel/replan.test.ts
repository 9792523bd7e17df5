import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { Channel } from "../../src/channel/channel.ts";
import type { Place } from "../../src/channel/place.ts";
import { ClockWatch } from "../../src/channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../../src/channel/supervisor/device-watch.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import type { LogEvent } from "../../src/log.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import { FakeSink, somebody } from "../outputs/live/fakes.ts";
import { fakeMachine } from "../system/fake-machine.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const sends = { replay: { 1: path("fixtures/video-5.1.nut"), 3: path("fixtures/audio-5.1.nut") } };
const sendsVideo = { replay: { 1: path("fixtures/video-5.1.nut") } };
const stays = { stall: true };
const PATIENT = { timeout: 20_000 };

const folder = mkdtempSync(join(tmpdir(), "flvcast-replan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let close: () => Promise<void> = async () => undefined;
afterEach(async () => {
  await close();
  vi.unstubAllEnvs();
});

const processes = (...steps: readonly object[]) => vi.stubEnv("FAKE_FFMPEG", JSON.stringify(steps));

const settingsOf = (given: Partial<GivenSettings>) =>
  completeSettings({
    ...{ device: "test", encoder: "libx264", ffmpeg: path("fake-ffmpeg.js"), wait: true },
    ...given,
  }).channel;

/** A channel that is on the air, with a viewer who stays as long as it may. */
async function watched(given: Partial<GivenSettings> = {}) {
  const [watch, clock] = [new DeviceWatch([]), new ClockWatch()];
  const notices: LogEvent[] = [];
  const hubs: Hub[] = [];
  const place: Place = {
    open: async () => undefined,
    serve: (hub) => void hubs.push(hub),
    addresses: () => null,
    failure: null,
    withToken: (url) => url,
    leave: async () => undefined,
  };
  const channel = new Channel(settingsOf(given), {
    place,
    surroundings: {
      ...{ machine: fakeMachine({}), stdin: process.stdin, watch, clock },
      encoders: new EncoderCache("/dev/null/nowhere"),
    },
    onFfmpegLine: () => undefined,
    onNotice: (event) => notices.push(event),
  });
  close = async () => {
    await channel.stop();
    watch.close();
    clock.close();
  };
  channel.start();
  await channel.onAir;
  const viewer = new FakeSink();
  hubs[0]?.join(viewer, somebody);
  const states = () => notices.filter(({ event }) => event === "state-changed").map(({ text }) => text);
  return { channel, hubs, viewer, states };
}

it("another encoder or size is another process, and viewers stay", async () => {
  processes(sends, stays);
  const { channel, hubs, viewer, states } = await watched({ size: { width: 320, height: 180 } });
  const { videoFrames } = channel.totals();
  const before = viewer.writes.length;
  channel.replan(settingsOf({ size: { width: 640, height: 360 } }));
  await vi.waitFor(() => expect(channel.totals().videoFrames).toBeGreaterThan(videoFrames), PATIENT);
  await vi.waitFor(() => expect(channel.status().state).toBe("on-air"), PATIENT);
  await vi.waitFor(() => expect(viewer.writes.length).toBeGreaterThan(before), PATIENT);
  expect([hubs.length, viewer.state, channel.status().viewers]).toEqual([1, "open", 1]);
  expect(states()).toEqual([
    '"test" is on-air (was starting)',
    '"test" is degraded (was on-air)',
    '"test" is on-air (was degraded)',
  ]);
});

it("other tracks end what is watched, and new viewers get the new ones", async () => {
  processes(sends, stays);
  const { channel, hubs, viewer } = await watched();
  processes(sendsVideo, stays);
  channel.replan(settingsOf({ audio: "none" }));
  await vi.waitFor(() => expect(hubs).toHaveLength(2), PATIENT);
  await vi.waitFor(() => expect(hubs[1]?.isReady).toBe(true), PATIENT);
  await vi.waitFor(() => expect(channel.status().state).toBe("on-air"), PATIENT);
  expect([viewer.state, channel.status().codecs]).toEqual(["ended", ["avc1.64000c"]]);
});

it("a device that is not there is waited for, viewers getting the last frame until it, or another, comes", async () => {
  processes(sends, stays);
  const { channel, hubs, viewer } = await watched();
  channel.replan(settingsOf({ device: join(folder, "absent.mp4") }));
  await vi.waitFor(() => expect(channel.status().lastError).toMatch(/absent\.mp4/), PATIENT);
  expect(channel.status()).toMatchObject({ state: "degraded", reason: "deviceAbsent" });
  const before = viewer.writes.length;
  await vi.waitFor(() => expect(viewer.writes.length).toBeGreaterThan(before + 1), PATIENT);
  channel.replan(settingsOf({}));
  await vi.waitFor(
    () => expect(channel.status()).toMatchObject({ state: "on-air", lastError: null }),
    PATIENT,
  );
  expect([hubs.length, viewer.state]).toEqual([1, "open"]);
});

it("a channel that is stopped while nothing of it can be opened ends at once", async () => {
  processes(sends, stays);
  const { channel, viewer } = await watched();
  channel.replan(settingsOf({ device: join(folder, "absent.mp4") }));
  await vi.waitFor(() => expect(channel.status().state).toBe("degraded"), PATIENT);
  await channel.stop();
  await channel.ended;
  expect([viewer.state, channel.status().state]).toEqual(["ended", "ended"]);
});

it("limits change for those who watch, and for who comes", async () => {
  processes(sends, stays);
  const { channel, hubs } = await watched();
  expect(hubs[0]?.admission).toBe("open");
  const { viewers, onDemand } = settingsOf({});
  channel.setLimits({
    viewers: { ...viewers, maxViewers: 1, maxLagMs: 1500, keyWaitMs: 2000 },
    onDemand,
    push: [],
  });
  expect([hubs[0]?.admission, hubs[0]?.maxLagMs, hubs[0]?.keyWaitMs]).toEqual(["full", 1500, 2000]);
});
