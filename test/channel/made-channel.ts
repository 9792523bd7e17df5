import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { Channel } from "../../src/channel/channel.ts";
import type { Place } from "../../src/channel/place.ts";
import { ClockWatch } from "../../src/channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../../src/channel/supervisor/device-watch.ts";
import type { Surroundings } from "../../src/channel/surroundings.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import type { LogEvent } from "../../src/log.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import { fakeMachine } from "../system/fake-machine.ts";

/** Of a file of the tests. */
export const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Steps of a process that sends both tracks, or one, or then nothing. */
export const sends = { replay: { 1: path("fixtures/video-5.1.nut"), 3: path("fixtures/audio-5.1.nut") } };
export const sendsVideo = { replay: { 1: path("fixtures/video-5.1.nut") } };
export const stays = { stall: true };

/** What each process that is started from now on does in ffmpeg's place. */
export const processes = (...steps: readonly object[]) => vi.stubEnv("FAKE_FFMPEG", JSON.stringify(steps));

/** What a channel is asked for, whose processes are fake ones. */
export const settingsOf = (given: Partial<GivenSettings> = {}) =>
  completeSettings({ device: "test", encoder: "libx264", ffmpeg: path("fake-ffmpeg.js"), ...given }).channel;

const closes: (() => Promise<void>)[] = [];

/** Ends all that a test has made. */
export async function closeChannels(): Promise<void> {
  await Promise.all(closes.splice(0).map((close) => close()));
  vi.unstubAllEnvs();
}

interface Scene {
  readonly place?: Place;
  readonly surroundings?: Partial<Surroundings>;
}

/** A channel, in a place without an address if in no other, with what it is served by and what it says. */
export function makeChannel(settings = settingsOf(), { place, surroundings = {} }: Scene = {}) {
  const [watch, clock] = [new DeviceWatch([]), new ClockWatch()];
  const notices: LogEvent[] = [];
  const hubs: Hub[] = [];
  const channel = new Channel(settings, {
    place: place ?? {
      ...{ open: async () => undefined, serve: (hub) => void hubs.push(hub), leave: async () => undefined },
      ...{ addresses: () => null, failure: null, withToken: (url) => url },
    },
    surroundings: {
      ...{ machine: fakeMachine({}), stdin: process.stdin, watch, clock },
      encoders: new EncoderCache("/dev/null/nowhere"),
      ...surroundings,
    },
    onFfmpegLine: () => undefined,
    onNotice: (event) => notices.push(event),
  });
  closes.push(async () => {
    await channel.stop();
    watch.close();
    clock.close();
  });
  const told = (event: string) => notices.filter((one) => one.event === event).map(({ text }) => text);
  return { channel, hubs, notices, told };
}
