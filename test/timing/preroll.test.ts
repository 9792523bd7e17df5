import { describe, expect, it } from "vitest";
import type { AudioConfig, Packet, Tracks, VideoConfig } from "../../src/media/packet.ts";
import { Preroll } from "../../src/timing/preroll.ts";
import { picture, sound } from "../media/flv/packets.ts";

const videoConfig: VideoConfig = {
  ...{
    kind: "video-config",
    codec: "h264",
    decoderConfig: new Uint8Array(),
    parameterSets: [],
    width: 16,
    height: 16,
  },
};
const audioConfig: AudioConfig = {
  ...{ kind: "audio-config", codec: "aac", decoderConfig: new Uint8Array([0x11, 0x90]) },
  ...{ sampleRateHz: 48_000, samplesPerFrame: 1024, channels: 2 },
};
const key = (timeUs: number) => picture([], true, timeUs);
const delta = (timeUs: number) => picture([], false, timeUs);
const audio = (timeUs: number) => sound(new Uint8Array(), timeUs);

function pushAll(preroll: Preroll, packets: readonly Packet[]): Packet[] {
  return packets.flatMap((packet) => preroll.push(packet));
}

const BOTH = { video: true, audio: true };

describe("a channel that has not begun", () => {
  it("keeps the group until the other track's settings come, and begins with all settings", () => {
    const preroll = new Preroll(BOTH);
    expect(pushAll(preroll, [videoConfig, key(0), delta(1), delta(2)])).toEqual([]);
    expect(preroll.missing).toBe("audio");
    expect(preroll.push(audioConfig)).toEqual([videoConfig, audioConfig, key(0), delta(1), delta(2)]);
    expect(preroll.missing).toBeNull();
    expect(preroll.push(delta(3))).toEqual([delta(3)]);
  });

  it("keeps only the newest group", () => {
    const preroll = new Preroll(BOTH);
    pushAll(preroll, [videoConfig, key(0), delta(1), key(2), delta(3)]);
    expect(preroll.push(audioConfig)).toEqual([videoConfig, audioConfig, key(2), delta(3)]);
  });

  it("keeps all of a file", () => {
    const preroll = new Preroll(BOTH, true);
    pushAll(preroll, [videoConfig, key(0), delta(1), key(2), delta(3)]);
    expect(preroll.push(audioConfig)).toEqual([videoConfig, audioConfig, key(0), delta(1), key(2), delta(3)]);
  });

  it("waits for a key frame, and leaves out the pictures before it", () => {
    const preroll = new Preroll(BOTH);
    expect(pushAll(preroll, [audioConfig, videoConfig, delta(0), audio(1), delta(2)])).toEqual([]);
    expect(preroll.missing).toBe("video");
    expect(preroll.push(key(3))).toEqual([videoConfig, audioConfig, audio(1), key(3)]);
  });

  it("sorts what it held by decode time: in a file, the sound of a whole second may stand before its pictures", () => {
    const preroll = new Preroll(BOTH);
    pushAll(preroll, [videoConfig, audio(10), audio(30), audio(50), key(20), delta(60), delta(40)]);
    expect(preroll.push(audioConfig).slice(2)).toEqual([
      ...[audio(10), key(20), audio(30), delta(40), audio(50), delta(60)],
    ]);
  });

  it("forgets what a source sent that is gone, and keeps what the other has sent", () => {
    const preroll = new Preroll(BOTH);
    pushAll(preroll, [videoConfig, key(0), audio(1), delta(2)]);
    preroll.forget("audio");
    expect(preroll.push(audioConfig)).toEqual([videoConfig, audioConfig, key(0), delta(2)]);

    const other = new Preroll(BOTH);
    pushAll(other, [videoConfig, key(0), audio(1), delta(2)]);
    other.forget("video");
    expect(other.push(audioConfig)).toEqual([]);
    expect(other.missing).toBe("video");
    expect(other.push(key(3))).toEqual([videoConfig, audioConfig, audio(1), key(3)]);
  });

  it.each<[string, Tracks, readonly Packet[], "video" | "audio"]>([
    ["sound alone: its settings", { video: false, audio: true }, [], "audio"],
    ["sound alone: the first", { video: false, audio: true }, [audioConfig], "audio"],
    ["pictures alone: the first", { video: true, audio: false }, [videoConfig], "video"],
    ["both: the first picture", BOTH, [videoConfig, audioConfig], "video"],
    ["both: the sound's settings", BOTH, [videoConfig, key(0), audio(0)], "audio"],
  ])("says what it lacks, of %s", (_, tracks, packets, missing) => {
    const preroll = new Preroll(tracks);
    pushAll(preroll, packets);
    expect(preroll.missing).toBe(missing);
  });

  it("begins with the first sound where there is no video", () => {
    const preroll = new Preroll({ video: false, audio: true });
    expect(preroll.push(audioConfig)).toEqual([]);
    expect(preroll.push(audio(0))).toEqual([audioConfig, audio(0)]);
  });

  it("holds a bounded number of packets however long the other track takes", () => {
    const preroll = new Preroll(BOTH);
    preroll.push(videoConfig);
    preroll.push(key(0));
    for (let n = 1; n < 100_000; n++) preroll.push(n % 2 ? audio(n) : delta(n));
    preroll.push(key(100_000));
    const begun = preroll.push(audioConfig);
    expect(begun.length).toBeLessThan(2100);
    expect(begun.find((packet) => packet.kind === "video-frame")).toEqual(key(100_000));
  });
});
