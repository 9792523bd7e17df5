import { describe, expect, it } from "vitest";
import type { AudioConfig, AudioFrame, Packet, VideoFrame } from "../../src/media/packet.ts";
import { Interleaver } from "../../src/timing/interleaver.ts";

const video = (ms: number): VideoFrame => ({
  ...{ kind: "video-frame", codec: "h264", isKey: false, units: [] },
  ...{ decodeTimeUs: ms * 1000, presentationTimeUs: (ms + 80) * 1000 },
});
const audio = (ms: number): AudioFrame => ({
  ...{ kind: "audio-frame", codec: "opus", presentationTimeUs: ms * 1000, data: new Uint8Array() },
});
const config: AudioConfig = {
  ...{ kind: "audio-config", codec: "opus", decoderConfig: new Uint8Array() },
  ...{ sampleRateHz: 48_000, samplesPerFrame: 960, channels: 2 },
};

const inShort = (packets: readonly Packet[]) =>
  packets
    .map((packet) => {
      if (packet.kind === "video-frame") return `v${packet.decodeTimeUs / 1000}`;
      return packet.kind === "audio-frame" ? `a${packet.presentationTimeUs / 1000}` : "settings";
    })
    .join(" ");

/** What goes on with each packet. */
function passed(...packets: readonly Packet[]): readonly string[] {
  const interleaver = new Interleaver();
  return packets.map((packet) => inShort(interleaver.push(packet)));
}

describe("sound whose video is held back", () => {
  it("goes on in front of the video that is decoded later, in its order", () => {
    expect(passed(audio(0), audio(20), audio(40), video(0), video(33), video(66))).toEqual([
      ...["", "", "", "a0 v0", "a20 v33", "a40 v66"],
    ]);
  });

  it("goes on at once where the video is ahead", () => {
    expect(passed(video(100), audio(80), audio(100), audio(120))).toEqual(["v100", "a80", "a100", ""]);
  });

  it("keeps its settings in front of the frames that have them", () => {
    expect(passed(video(0), audio(20), config, audio(40), video(33), video(66))).toEqual([
      ...["v0", "", "", "", "a20 settings v33", "a40 v66"],
    ]);
    expect(passed(config, video(0))).toEqual(["settings", "v0"]);
  });

  it("waits for 5 s and no longer", () => {
    expect(passed(audio(0), audio(5000), audio(5020))).toEqual(["", "a0", ""]);
  });

  it("goes on with video that is shown again in its place", () => {
    const interleaver = new Interleaver();
    interleaver.push(audio(20));
    expect(inShort(interleaver.reach(10_000))).toBe("");
    expect(inShort(interleaver.reach(20_000))).toBe("a20");
  });
});
