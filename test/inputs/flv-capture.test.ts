import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageFeed, MessageReceiver } from "../../src/devices/source.ts";
import { UserError } from "../../src/errors.ts";
import { planMessages } from "../../src/ffmpeg/plan.ts";
import { FlvCapture } from "../../src/inputs/flv-capture.ts";
import { FlvOpening } from "../../src/inputs/flv-opening.ts";
import { messageSource } from "../../src/inputs/message-source.ts";
import type { FlvMessage } from "../../src/media/flv/message.ts";
import { isFrame, type Packet, type Tracks } from "../../src/media/packet.ts";
import { audio, messagesOf, video } from "../media/flv/messages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

class FakeFeed implements MessageFeed {
  receiver: MessageReceiver | null = null;
  closes = 0;

  receive(receiver: MessageReceiver): () => void {
    this.receiver = receiver;
    return () => this.close();
  }

  close(): void {
    this.closes += 1;
  }
}

const recorded = messagesOf("clean.flv");

/** A capture of a feed of which so much has come before. */
function capture(before: readonly FlvMessage[] = [], tracks: Tracks = { video: true, audio: true }) {
  const opening = new FlvOpening();
  for (const message of before) opening.push(message, 0);
  const feed = new FakeFeed();
  const packets: Packet[] = [];
  const dropped: string[] = [];
  const announced: unknown[] = [];
  const source = messageSource({ label: "door", url: "door" }, { opening, feed });
  const one = new FlvCapture(planMessages(source, tracks), source.messages ?? feed, {
    onPackets: (some) => packets.push(...some),
    onDropped: (track, { last }) => dropped.push(`${track}: ${last}`),
    onAnnounced: (config) => announced.push(config),
  });
  const send = (messages: readonly FlvMessage[]) => feed.receiver?.onMessages(messages);
  return { one, feed, packets, dropped, announced, send };
}

/** From the time on at which it is known how long frames are on their way. */
async function anchored(tracks?: Tracks) {
  const made = capture([], tracks);
  made.send(recorded.slice(0, 12));
  await vi.advanceTimersByTimeAsync(2500);
  expect(made.packets.filter(isFrame).length).toBeGreaterThan(2);
  return made;
}

describe("a capture of FLV messages", () => {
  it("holds what comes at first as a queue, and then hands on each message in its turn", async () => {
    const { packets, send } = capture();
    send(recorded.slice(0, 12));
    expect(packets).toEqual([]);
    await vi.advanceTimersByTimeAsync(2500);
    for (const message of recorded.slice(12, 20)) {
      const before = packets.length;
      send([message]);
      expect(packets.length).toBeGreaterThan(before);
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins with what came while it was opened", async () => {
    const { packets } = capture(recorded.slice(0, 12));
    await vi.advanceTimersByTimeAsync(2500);
    const kinds = packets.map(({ kind }) => kind).filter((kind) => kind.startsWith("video"));
    expect(kinds.slice(0, 2)).toEqual(["video-config", "video-frame"]);
  });

  it("tells what sound will be as soon as its header has come", () => {
    const { announced, send } = capture();
    send([audio("af 00 1190")]);
    expect(announced).toEqual([expect.objectContaining({ kind: "audio-config", sampleRateHz: 48_000 })]);
  });

  it("leaves out a track that the stream has not", async () => {
    const { packets } = await anchored({ video: true, audio: false });
    expect(packets.filter(({ kind }) => kind.startsWith("audio"))).toEqual([]);
  });

  it("counts what is damaged and goes on", async () => {
    const { one, packets, dropped, send } = await anchored();
    send([video("27 01 000000 00ffffff 41", recorded[12]?.timestampMs)]);
    expect(dropped).toEqual([expect.stringContaining("video: H.264 access unit")]);
    expect(one.lastDropMs).not.toBeNull();
    const before = packets.length;
    send(recorded.slice(12));
    expect(packets.length).toBeGreaterThan(before);
    expect([one.lastDropMs, one.droppedFrames]).toEqual([null, expect.any(Number)]);
  });

  it("fails with a codec that cannot be carried, in words for the sender's user, and lets the feed go", async () => {
    const { one, feed, send } = await anchored();
    send([video("1e 01 000000 01")]);
    await expect(one.ended).rejects.toMatchObject({
      ...{ reason: "brokenInput", message: "door: H.266 is not supported; set the encoder to H.264" },
    });
    expect(feed.closes).toBe(1);
  });

  it("fails when the feed does, and also when it just ends", async () => {
    const failed = await anchored();
    failed.feed.receiver?.onEnd(new UserError("deviceAbsent", "door: ECONNRESET"));
    await expect(failed.one.ended).rejects.toThrow("door: ECONNRESET");
    const over = await anchored();
    over.feed.receiver?.onEnd(null);
    await expect(over.one.ended).rejects.toMatchObject({
      reason: "deviceAbsent",
      message: "door has ended",
    });
  });

  it("sends what it held when the feed ends", async () => {
    const { one, feed, packets, send } = capture();
    send(recorded.slice(0, 12));
    feed.receiver?.onEnd(null);
    await expect(one.ended).rejects.toThrow("has ended");
    expect(packets.filter(isFrame).length).toBeGreaterThan(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(["stop", "kill"] as const)("lets the feed go at a %s, and takes nothing more", async (how) => {
    const { one, feed, packets, send } = capture();
    send(recorded.slice(0, 12));
    await one[how]();
    await expect(one.ended).resolves.toBeUndefined();
    send(recorded);
    feed.receiver?.onEnd(null);
    await vi.advanceTimersByTimeAsync(2500);
    expect([packets, feed.closes]).toEqual([[], 1]);
  });

  describe("sound", () => {
    const delta = recorded.find(({ type, body }) => type === 9 && body[0] === 0x27);
    const sound = recorded.find(({ type, body }) => type === 8 && body[1] === 1);

    /** After a second of steady video. */
    async function steady() {
      if (delta === undefined || sound === undefined) throw new Error("the recording has no such frames");
      const made = await anchored();
      let atMs = 1000;
      const at = (message: FlvMessage): FlvMessage => ({ ...message, timestampMs: atMs });
      const video40Ms = async () => {
        atMs += 40;
        await vi.advanceTimersByTimeAsync(40);
        made.send([at(delta)]);
      };
      for (let n = 0; n < 27; n++) await video40Ms();
      made.packets.splice(0);
      const kinds = () => made.packets.splice(0).map(({ kind }) => kind);
      return { ...made, kinds, video40Ms, sendSound: () => made.send([at(sound)]) };
    }

    it("goes out with the video that it waits for", async () => {
      const { kinds, sendSound, video40Ms } = await steady();
      sendSound();
      sendSound();
      expect(kinds()).toEqual([]);
      await video40Ms();
      expect(kinds()).toEqual(["audio-frame", "audio-frame", "video-frame"]);
    });

    it("waits a tenth of a second at most, and no more until video is steady again", async () => {
      const { kinds, sendSound, video40Ms } = await steady();
      sendSound();
      await vi.advanceTimersByTimeAsync(100);
      expect(kinds()).toEqual(["audio-frame"]);
      sendSound();
      expect(kinds()).toEqual(["audio-frame"]);
      for (let n = 0; n < 27; n++) await video40Ms();
      kinds();
      sendSound();
      expect(kinds()).toEqual([]);
    });

    it("does not wait without end in number either", async () => {
      const { kinds, sendSound } = await steady();
      for (let n = 0; n < 51; n++) sendSound();
      expect(kinds()).toHaveLength(51);
    });

    it("that waits at the end goes out", async () => {
      const { one, feed, kinds, sendSound } = await steady();
      sendSound();
      feed.receiver?.onEnd(null);
      await expect(one.ended).rejects.toThrow("has ended");
      expect(kinds()).toEqual(["audio-frame"]);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
