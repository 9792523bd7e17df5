import { describe, expect, it, vi } from "vitest";
import { picture, videoConfig, withPps } from "../../media/flv/packets.ts";
import { timed } from "../timed.ts";
import { beginning, keptStream } from "./kept-stream.ts";

const gops = `${beginning} key@0 delta@500 key@1000 delta@1500 key@2000 delta@2500`;

describe("the last of a stream", () => {
  it.each([
    [0, "key@2000 delta@2500"],
    [500, "key@2000 delta@2500"],
    [501, "key@1000 delta@1500 key@2000 delta@2500"],
    [1500, "key@1000 delta@1500 key@2000 delta@2500"],
    [1501, "key@0 delta@500 key@1000 delta@1500 key@2000 delta@2500"],
    [60_000, "key@0 delta@500 key@1000 delta@1500 key@2000 delta@2500"],
  ])("%i ms begins at the key frame at or before", (lastMs, story) => {
    const { send, last } = keptStream();
    send(gops);
    expect(last(lastMs)).toBe(story);
  });

  it("is nothing before the first key frame", () => {
    const { send, last } = keptStream();
    send(`${beginning} delta@0 audio@0`);
    expect(last(1000)).toBeNull();
  });

  it("has no sound of what was before its key frame", () => {
    const { send, last } = keptStream();
    send(`${beginning} key@0 audio@0 key@1000 audio@950 audio@973 delta@1040 audio@1000`);
    expect(last(0)).toBe("key@1000 delta@1040 audio@1000");
    expect(last(1000)).toBe("key@0 audio@0 key@1000 audio@950 audio@973 delta@1040 audio@1000");
  });

  it("of sound alone begins at any second", () => {
    const { send, last } = keptStream({ video: false });
    send("audio-config@0 audio@0 audio@500 audio@1000 audio@1500 audio@2000");
    expect(last(800)).toBe("audio@1000 audio@1500 audio@2000");
  });

  it("was captured when its first frame was, as far as that is known", () => {
    const { sendPackets, send, history } = keptStream();
    send(beginning);
    sendPackets(timed("key@0"), { ...timed("delta@40"), capturedMs: 1_700_000_000_040 });
    expect(history.last(0)?.capturedMs).toBe(1_700_000_000_000);
  });
});

describe("what is kept", () => {
  it("is what viewers get, and stays as it was for who has it", () => {
    const { live, send, sendPackets, history } = keptStream({ lengthMs: 1000 });
    const { hub } = live;
    if (hub === null) throw new Error("no hub");
    const publish = vi.spyOn(hub, "publish");
    send(beginning);
    sendPackets({ packet: picture([Buffer.alloc(100_000, 7)], true), timestampMs: 0, capturedMs: null });
    const tag = publish.mock.calls.at(-1)?.[0].bytes.subarray(11) ?? Buffer.alloc(0);
    const kept = history.last(0)?.frames[0]?.parts ?? [];
    for (let at = 1; at < 30; at += 1)
      sendPackets({
        ...{ packet: picture([Buffer.alloc(100_000, at)], true), timestampMs: at * 1000, capturedMs: null },
      });
    expect(Buffer.concat(kept).equals(tag)).toBe(true);
  });

  it("is no more than it takes for its length", () => {
    const { send, last } = keptStream({ lengthMs: 1000 });
    send(gops);
    expect(last(60_000)).toBe("key@1000 delta@1500 key@2000 delta@2500");
    send("delta@3000");
    expect(last(60_000)).toBe("key@2000 delta@2500 delta@3000");
  });

  it.each(["a longer", "a shorter"])("stays with %s length", (which) => {
    const { send, last, history } = keptStream({ lengthMs: 2000 });
    send(gops);
    history.setLength(which === "a longer" ? 60_000 : 500);
    expect(last(60_000)).toBe(
      which === "a longer"
        ? "key@0 delta@500 key@1000 delta@1500 key@2000 delta@2500"
        : "key@2000 delta@2500",
    );
  });

  it("is nothing with no length, and begins at the next key frame with one", () => {
    const { send, last, history } = keptStream();
    send(gops);
    history.setLength(0);
    expect(last(60_000)).toBeNull();
    send("key@3000 delta@3500");
    history.setLength(1000);
    send("delta@3600");
    expect(last(60_000)).toBeNull();
    send("key@4000");
    expect(last(60_000)).toBe("key@4000");
  });
});

describe("a clip can be decoded as a whole, so it begins after", () => {
  it("other settings", () => {
    const { sendPackets, send, last, history } = keptStream();
    send(gops);
    const other = withPps(videoConfig, Uint8Array.of(0x68, 0xee, 0x3c, 0x80));
    sendPackets({ packet: other, timestampMs: 3000, capturedMs: null }, timed("key@3000"));
    expect(last(60_000)).toBe("key@3000");
    expect(history.last(0)?.video).toBe(other);
  });

  it("a time that begins again", () => {
    const { live, send, last } = keptStream();
    send(gops);
    live.startEpoch();
    expect(last(60_000)).toBeNull();
    send("key@0 delta@40");
    expect(last(60_000)).toBe("key@0 delta@40");
  });

  it("another begin of the stream", () => {
    const { live, send, last } = keptStream();
    send(gops);
    live.begin({ tracks: { video: true, audio: false }, rates: {}, encoderName: "test" });
    expect(last(60_000)).toBeNull();
    send("video-config@0 key@0");
    expect(last(60_000)).toBe("key@0");
  });
});

it("the same settings again change nothing, and are not kept", () => {
  const { send, last } = keptStream();
  send(gops);
  send("video-config@3000 audio-config@3000 key@3000");
  expect(last(60_000)).toMatch(/^key@0 .* delta@2500 key@3000$/);
});

const frame = (timestampMs: number, bytes: number, isKey: boolean) => ({
  packet: picture([Buffer.alloc(bytes, 1)], isKey),
  timestampMs,
  capturedMs: null,
});

describe("what does not fit into memory", () => {
  it("is dropped by whole GOPs, the oldest first, and told once", () => {
    const { sendPackets, send, last, told } = keptStream({ maxBytes: 100_000 });
    send(beginning);
    for (let at = 0; at < 8; at += 1)
      sendPackets(frame(at * 1000, 20_000, true), frame(at * 1000 + 500, 20_000, false));
    expect(last(60_000)).toBe("key@6000 delta@6500 key@7000 delta@7500");
    expect(told).toEqual([1000]);
  });

  it("is dropped as a whole where one GOP is larger, up to the next key frame", () => {
    const { sendPackets, send, last, told } = keptStream({ maxBytes: 100_000 });
    send(beginning);
    sendPackets(frame(0, 60_000, true), frame(500, 60_000, false));
    expect([last(60_000), told]).toEqual([null, [0]]);
    sendPackets(frame(1000, 10_000, false), frame(2000, 10_000, true));
    expect(last(60_000)).toBe("key@2000");
  });

  it("is told again for another length", () => {
    const { sendPackets, send, history, told } = keptStream({ maxBytes: 50_000 });
    send(beginning);
    for (let at = 0; at < 4; at += 1) sendPackets(frame(at * 1000, 20_000, true));
    history.setLength(20_000);
    for (let at = 4; at < 8; at += 1) sendPackets(frame(at * 1000, 20_000, true));
    expect(told).toEqual([1000, 1000]);
  });
});
