import { setImmediate } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { Place } from "../../src/channel/place.ts";
import { UserError } from "../../src/errors.ts";
import { completeSettings } from "../../src/settings/resolve.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { closeChannels, makeChannel } from "./made-channel.ts";

afterEach(closeChannels);

/** A place whose address is not there before the third try. */
class LatePlace implements Place {
  readonly failure = null;
  tries = 0;
  hasLeft = false;

  async open(): Promise<void> {
    this.tries += 1;
    if (this.tries < 3) throw new UserError("addressUnavailable", "192.0.2.1 is not there");
  }

  serve(): void {}

  addresses(): never {
    throw new Error("nobody asks for them");
  }

  withToken(url: string): string {
    return url;
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
  }
}

function channelAt(place: Place, wait: boolean) {
  const { channel: settings } = completeSettings({ device: "/no/such/file.mp4", wait });
  const { channel, notices } = makeChannel(settings, { place, surroundings: { machine: thisMachine({}) } });
  return { channel, lines: () => notices.map(({ event, text }) => `${event}: ${text}`) };
}

it("waits for an address that comes with the network, and says so once", async () => {
  const place = new LatePlace();
  const { channel, lines } = channelAt(place, true);
  channel.start();
  await channel.opened;
  expect(place.tries).toBe(3);
  const [told, ...more] = lines().filter((line) => line.includes("192.0.2.1"));
  expect(told).toBe("waiting-for-device: 192.0.2.1 is not there; waiting for it");
  expect(more).toEqual([]);
  await channel.stop();
  expect(place.hasLeft).toBe(true);
});

const at = (host: string) => `http://${host}:8080/live/x.flv`;
const pageAt = (host: string) => `http://${host}:8080/watch/x`;

it("tells where it is at the moment that it is asked, and that nobody reaches it there", async () => {
  const place = {
    ...{ open: async () => undefined, serve: () => undefined, leave: async () => undefined },
    failure: null as UserError | null,
    hosts: ["192.168.1.7", "10.8.0.2"],
    addresses() {
      const urls = this.hosts.map(at);
      const pageUrl = pageAt(this.hosts[0] ?? "");
      return { url: urls[0] ?? "", pageUrl, urls, isPublic: true, needsToken: false, tokenFile: null };
    },
    withToken: (url: string) => url,
  };
  const { channel } = channelAt(place, true);
  const hosts = { url: at("192.168.1.7"), urls: [at("192.168.1.7"), at("10.8.0.2")] };
  expect(channel.status()).toMatchObject({ ...hosts, isReachable: true, reason: null });
  place.hosts = ["192.168.1.9"];
  const moved = { url: at("192.168.1.9"), pageUrl: pageAt("192.168.1.9"), urls: [at("192.168.1.9")] };
  expect(channel.status()).toMatchObject(moved);
  place.failure = new UserError("addressUnavailable", "192.168.1.9 is gone");
  const lost = { isReachable: false, reason: "addressUnavailable", lastError: "192.168.1.9 is gone" };
  expect(channel.status()).toMatchObject(lost);
  place.failure = null;
  expect(channel.status()).toMatchObject({ isReachable: true, reason: null, lastError: null });
  await channel.stop();
});

it("waits for none without --wait, and a stop ends the waiting", async () => {
  const device = channelAt(new LatePlace(), false);
  device.channel.start();
  await expect(device.channel.ended).rejects.toMatchObject({ name: "UserError" });

  const place = new LatePlace();
  const waiting = channelAt(place, true);
  waiting.channel.start();
  while (place.tries === 0) await setImmediate();
  await waiting.channel.stop();
  expect(place.hasLeft).toBe(true);
  await expect(waiting.channel.ended).resolves.toBeUndefined();
  expect(waiting.lines().filter((line) => line.startsWith("state-changed"))).toEqual([
    'state-changed: "file" is waiting (was starting)',
    'state-changed: "file" is ended (was waiting)',
  ]);
});
