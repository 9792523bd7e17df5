import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { Channel } from "../../src/channel/channel.ts";
import { UserError } from "../../src/errors.ts";
import { FlvOpening } from "../../src/inputs/flv-opening.ts";
import { KeptFeed, keptLimits } from "../../src/inputs/kept-feed.ts";
import type { Publisher, PublisherSlot } from "../../src/inputs/publishers.ts";
import type { FlvMessage } from "../../src/media/flv/message.ts";
import { completeSettings } from "../../src/settings/resolve.ts";
import { messagesOf } from "../media/flv/messages.ts";
import { RecordingOutput } from "../outputs/recording-output.ts";
import { closeChannels, makeChannel } from "./made-channel.ts";

const recorded = messagesOf("clean.flv");
/** Until one of a recording's publishers is known. */
const KNOWN = (() => {
  const opening = new FlvOpening();
  return recorded.findIndex((message) => opening.push(message, 0)) + 1;
})();

/** Where publishers come, one after the other. */
class FakeSlot implements PublisherSlot {
  #publisher: Publisher | null = null;
  readonly #listeners = new Set<() => void>();

  /** How often it was looked whether there is one. */
  looks = 0;

  take(): Publisher | null {
    this.looks += 1;
    const publisher = this.#publisher;
    this.#publisher = null;
    return publisher;
  }

  onPublisher(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody begins to publish the recording; returns what sends the rest, and what ends it. */
  publish() {
    const opening = new FlvOpening();
    for (const message of recorded.slice(0, KNOWN)) opening.push(message, 0);
    let closes = 0;
    const feed = new KeptFeed({
      limits: keptLimits,
      now: () => performance.now(),
      onClosed: () => (closes += 1),
    });
    this.#publisher = { program: "OBS", address: "192.0.2.1", opening, feed };
    for (const listener of [...this.#listeners]) listener();
    return {
      send: (messages: readonly FlvMessage[]) => feed.push(messages),
      leave: () => feed.end(new UserError("deviceAbsent", "the publisher has left")),
      closes: () => closes,
    };
  }
}

afterEach(closeChannels);

function channelOf(slot: FakeSlot) {
  const { channel: settings } = completeSettings({ device: "rtmp", name: "cam", ffmpeg: "/nowhere" });
  return makeChannel(settings, { surroundings: { publishers: { slotOf: () => slot } } });
}

/** Sends the rest of the recording, about as it was made, until the stream is on the air. */
async function play(publisher: ReturnType<FakeSlot["publish"]>, channel: Channel): Promise<void> {
  for (const message of recorded.slice(KNOWN)) {
    if (channel.state === "on-air") return;
    publisher.send([message]);
    await delay(20); // video and sound take turns
  }
  await expect.poll(() => channel.state).toBe("on-air");
}

it("a stream waits for its publisher, goes on the air at once when one comes, and is filled after it until the next", async () => {
  const slot = new FakeSlot();
  const { channel, notices } = channelOf(slot);
  const output = new RecordingOutput();
  channel.outputs.add(output);
  channel.start();
  await expect.poll(() => channel.state).toBe("waiting");
  expect(channel.status().lastError).toBe("no publisher is connected");
  expect(notices.map(({ text }) => text)).toContain("no publisher is connected; waiting for it");

  const first = slot.publish();
  await play(first, channel);
  expect(channel.status()).toMatchObject({ encoder: null, device: "rtmp", restarts: 0 });
  first.leave();
  await expect.poll(() => channel.state).toBe("degraded");
  const { looks } = slot;
  await expect.poll(() => slot.looks).toBeGreaterThan(looks); // nobody is there
  expect(channel.status().lastError).toBe("the publisher has left");
  const lost = notices.filter(({ event }) => event === "input-lost").map(({ text }) => text);
  expect(lost).toEqual(["the publisher has left; waiting for another one"]);

  const second = slot.publish();
  await play(second, channel);
  expect(notices.map(({ event }) => event)).toEqual(expect.arrayContaining(["input-lost", "input-back"]));
  await channel.stop();
  expect([first.closes(), second.closes()]).toEqual([1, 1]);
});

it("a publisher that was there before the stream is let go when the stream is stopped", async () => {
  const slot = new FakeSlot();
  const publisher = slot.publish();
  const { channel } = channelOf(slot);
  channel.start();
  await play(publisher, channel);
  await channel.stop();
  expect(publisher.closes()).toBe(1);
});
