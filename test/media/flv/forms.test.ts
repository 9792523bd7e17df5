import { describe, expect, it } from "vitest";
import type { StreamForm } from "../../../src/media/codecs.ts";
import { Muxer } from "../../../src/media/flv/muxer.ts";
import type { AudioConfig, Packet, VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes, hex } from "../fixture.ts";

/** The bodies of the tags that these packets become, metadata aside. */
function bodies(packets: readonly Packet[], form?: StreamForm): string[] {
  const tracks = {
    video: packets.some(({ kind }) => kind === "video-config"),
    audio: packets.some(({ kind }) => kind === "audio-config"),
  };
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "flvcast", ...(form && { form }) });
  return packets
    .flatMap((packet) => muxer.push(packet, 0))
    .filter(({ role }) => role !== "metadata")
    .map((tag) => hex(tag.bytes.subarray(11, -4)));
}

function config(codec: VideoConfig["codec"], decoderConfig: string): VideoConfig {
  return {
    ...{ kind: "video-config", codec, decoderConfig: bytes(decoderConfig) },
    ...{ parameterSets: [], width: 96, height: 64 },
  };
}

function picture(
  codec: VideoFrame["codec"],
  isKey: boolean,
  shownLaterMs: number,
  ...units: string[]
): VideoFrame {
  return {
    ...{ kind: "video-frame", codec, isKey, units: units.map(bytes) },
    ...{ decodeTimeUs: 0, presentationTimeUs: shownLaterMs * 1000 },
  };
}

function sound(codec: AudioConfig["codec"], decoderConfig: string, data: string): Packet[] {
  return [
    {
      ...{ kind: "audio-config", codec, decoderConfig: bytes(decoderConfig) },
      ...{ sampleRateHz: 48_000, samplesPerFrame: 960, channels: 2 },
    },
    { kind: "audio-frame", codec, presentationTimeUs: 0, data: bytes(data) },
  ];
}

describe("H.265 in tags", () => {
  const packets = [
    config("hevc", "01aa"),
    picture("hevc", true, 0, "2601", "4e01aa"),
    picture("hevc", true, 80, "2601"),
    picture("hevc", false, 40, "0201"),
    picture("hevc", false, 0, "0201"),
  ];

  it("is hvc1, with a composition time only where there is one (Enhanced RTMP 2, ExVideoTagHeader)", () => {
    expect(bodies(packets)).toEqual(
      [
        "90 68766331 01aa",
        "93 68766331 00000002 2601 00000003 4e01aa",
        "91 68766331 000050 00000002 2601",
        "a1 68766331 000028 00000002 0201",
        "a3 68766331 00000002 0201",
      ].map((one) => hex(bytes(one))),
    );
  });

  it("has CodecID 12 and AVC's five bytes where that is asked for", () => {
    expect(bodies(packets, "cdn")).toEqual(
      [
        "1c 00 000000 01aa",
        "1c 01 000000 00000002 2601 00000003 4e01aa",
        "1c 01 000050 00000002 2601",
        "2c 01 000028 00000002 0201",
        "2c 01 000000 00000002 0201",
      ].map((one) => hex(bytes(one))),
    );
  });
});

it("AV1 in tags is av01, without composition time and lengths, whatever form is asked for", () => {
  const packets = [
    config("av1", "81000c00"),
    picture("av1", true, 0, "0a01ff", "320310aabb"),
    picture("av1", false, 0, "320330aabb"),
  ];
  const expected = ["90 61763031 81000c00", "91 61763031 0a01ff 320310aabb", "a1 61763031 320330aabb"];
  for (const form of ["enhanced", "cdn"] as const)
    expect(bodies(packets, form)).toEqual(expected.map((one) => hex(bytes(one))));
});

it.each([
  [
    "Opus, with its head and no MultichannelConfig",
    sound("opus", "4f70", "fcfffe"),
    ["90 4f707573 4f70", "91 4f707573 fcfffe"],
  ],
  ["MP3 at 44.1 kHz, stereo", sound("mp3", "", "fffb9000"), ["2f fffb9000"]],
  ["MP3 at 48 kHz, mono", sound("mp3", "", "fffb94c0"), ["2e fffb94c0"]],
  ["MP3 at 22.05 kHz, mono", sound("mp3", "", "fff340c4"), ["2a fff340c4"]],
  ["MP3 at 11.025 kHz, stereo", sound("mp3", "", "ffe34000"), ["27 ffe34000"]],
  ["A-law", sound("pcm_alaw", "", "d5d5"), ["72 d5d5"]],
  ["µ-law", sound("pcm_mulaw", "", "ffff"), ["82 ffff"]],
] as const)("%s, in tags", (_, packets, expected) => {
  expect(bodies(packets)).toEqual(expected.map((one) => hex(bytes(one))));
});
