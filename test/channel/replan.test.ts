import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import type { GivenSettings } from "../../src/settings/resolve.ts";
import { FakeSink, somebody } from "../outputs/live/fakes.ts";
import {
  closeChannels,
  makeChannel,
  processes,
  sends,
  sendsVideo,
  settingsOf,
  stays,
} from "./made-channel.ts";

const PATIENT = { timeout: 20_000 };

const folder = mkdtempSync(join(tmpdir(), "flvcast-replan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(closeChannels);

const waiting = (given: Partial<GivenSettings>) => settingsOf({ wait: true, ...given });

/** A channel that is on the air, with a viewer who stays as long as it may. */
async function watched(given: Partial<GivenSettings> = {}) {
  const { channel, hubs, told } = makeChannel(waiting(given));
  channel.start();
  await channel.onAir;
  const viewer = new FakeSink();
  hubs[0]?.join(viewer, somebody);
  return { channel, hubs, viewer, states: () => told("state-changed") };
}

it("another encoder or size is another process, and viewers stay", async () => {
  processes(sends, stays);
  const { channel, hubs, viewer, states } = await watched({ size: { width: 320, height: 180 } });
  const { videoFrames } = channel.totals();
  const before = viewer.writes.length;
  channel.replan(waiting({ size: { width: 640, height: 360 } }));
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
  channel.replan(waiting({ audio: "none" }));
  await vi.waitFor(() => expect(hubs).toHaveLength(2), PATIENT);
  await vi.waitFor(() => expect(hubs[1]?.isReady).toBe(true), PATIENT);
  await vi.waitFor(() => expect(channel.status().state).toBe("on-air"), PATIENT);
  expect([viewer.state, channel.status().codecs]).toEqual(["ended", ["avc1.64000c"]]);
});

it("a device that is not there is waited for, viewers getting the last frame until it, or another, comes", async () => {
  processes(sends, stays);
  const { channel, hubs, viewer } = await watched();
  channel.replan(waiting({ device: join(folder, "absent.mp4") }));
  await vi.waitFor(() => expect(channel.status().lastError).toMatch(/absent\.mp4/), PATIENT);
  expect(channel.status()).toMatchObject({ state: "degraded", reason: "deviceAbsent" });
  const before = viewer.writes.length;
  await vi.waitFor(() => expect(viewer.writes.length).toBeGreaterThan(before + 1), PATIENT);
  channel.replan(waiting({}));
  await vi.waitFor(
    () => expect(channel.status()).toMatchObject({ state: "on-air", lastError: null }),
    PATIENT,
  );
  expect([hubs.length, viewer.state]).toEqual([1, "open"]);
});

it("a channel that is stopped while nothing of it can be opened ends at once", async () => {
  processes(sends, stays);
  const { channel, viewer } = await watched();
  channel.replan(waiting({ device: join(folder, "absent.mp4") }));
  await vi.waitFor(() => expect(channel.status().state).toBe("degraded"), PATIENT);
  await channel.stop();
  await channel.ended;
  expect([viewer.state, channel.status().state]).toEqual(["ended", "ended"]);
});

it("limits change for those who watch, and for who comes", async () => {
  processes(sends, stays);
  const { channel, hubs } = await watched();
  expect(hubs[0]?.admission).toBe("open");
  const { viewers, onDemand } = waiting({});
  channel.setLimits({
    viewers: { ...viewers, maxViewers: 1, maxLagMs: 1500, keyWaitMs: 2000 },
    onDemand,
    ...{ push: [], record: null, history: null },
  });
  expect([hubs[0]?.admission, hubs[0]?.maxLagMs, hubs[0]?.keyWaitMs]).toEqual(["full", 1500, 2000]);
});
