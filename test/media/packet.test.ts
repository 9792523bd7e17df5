import { describe, expect, test } from "vitest";
import {
  type AudioConfig,
  type AudioFrame,
  atDecodeTime,
  audioFrameUs,
  decodeTimeUs,
  type Frame,
  frameBytes,
  isFrame,
  type Packet,
  trackOf,
  type VideoConfig,
} from "../../src/media/packet.ts";

const none = new Uint8Array(0);
const frames: { readonly video: Frame; readonly audio: AudioFrame } = {
  video: {
    kind: "video-frame",
    codec: "h264",
    isKey: true,
    decodeTimeUs: 1000,
    presentationTimeUs: 41_000,
    units: [Uint8Array.of(1, 2), none, Uint8Array.of(3)],
  },
  audio: { kind: "audio-frame", codec: "aac", presentationTimeUs: 2000, data: Uint8Array.of(1, 2) },
};
const audioConfig: AudioConfig = {
  kind: "audio-config",
  codec: "aac",
  decoderConfig: none,
  sampleRateHz: 48_000,
  samplesPerFrame: 1024,
  channels: 2,
};
const videoConfig: VideoConfig = {
  kind: "video-config",
  codec: "h264",
  decoderConfig: none,
  parameterSets: [],
  width: 640,
  height: 480,
};

describe("a packet", () => {
  test.each<[Packet, "video" | "audio", boolean]>([
    [videoConfig, "video", false],
    [frames.video, "video", true],
    [audioConfig, "audio", false],
    [frames.audio, "audio", true],
  ])("of $kind has its track, and may be a frame", (packet, track, expected) => {
    expect([trackOf(packet), isFrame(packet)]).toEqual([track, expected]);
  });

  test("has the bytes of its units or its sound", () => {
    expect([frameBytes(frames.video), frameBytes(frames.audio)]).toEqual([3, 2]);
  });

  test("of video is in order by when it is decoded, and of sound by when it is heard", () => {
    expect([decodeTimeUs(frames.video), decodeTimeUs(frames.audio)]).toEqual([1000, 2000]);
  });

  test("at another time is shown as much later as before", () => {
    const video = atDecodeTime(frames.video, 5000);
    expect(video).toEqual({ ...frames.video, decodeTimeUs: 5000, presentationTimeUs: 45_000 });
    expect(atDecodeTime(frames.audio, 5000)).toEqual({ ...frames.audio, presentationTimeUs: 5000 });
  });
});

test.each([
  [64_000, 1024, 16_000],
  [8000, 1024, 128_000],
  [48_000, 960, 20_000],
])("a frame at %d Hz of %d samples lasts %d us", (sampleRateHz, samplesPerFrame, expected) => {
  expect(audioFrameUs({ ...audioConfig, sampleRateHz, samplesPerFrame })).toBe(expected);
});
