import { describe, expect, it } from "vitest";
import {
  audioCodecs,
  codecString,
  isAudioCodec,
  isSameConfig,
  isVideoCodec,
  openTrack,
  unlistedCodecs,
} from "../../src/media/codecs.ts";
import { CorruptInputError } from "../../src/media/corrupt-input.ts";
import type { NutStreamEvent } from "../../src/media/nut/frame.ts";
import { bytes } from "./fixture.ts";
import { audioConfig, videoConfig, withPps } from "./flv/packets.ts";

function stream(mediaClass: NutStreamEvent["mediaClass"], fourcc: string): NutStreamEvent {
  return { kind: "stream", streamId: 0, mediaClass, fourcc, extradata: new Uint8Array(), decodeDelay: 0 };
}

describe("a NUT stream is read by the codec of its fourcc", () => {
  const accessUnit = bytes("000001 6742000af841a2 000001 68ce3880 000001 65b8040effffffffffffffff");
  it.each([
    ["H264", "as ffmpeg's encoders have it"],
    ["avc1", "as copied from MP4"],
    ["h264", "in small letters, as copied from AVI"],
  ])("%s, %s", (fourcc) => {
    const [config] = openTrack(stream("video", fourcc)).push(accessUnit, 0);
    expect(config).toMatchObject({ kind: "video-config", codec: "h264" });
  });

  it.each(["\xff\0\0\0", "\0\x16\0\0"])("AAC's %j", (fourcc) => {
    const [config] = openTrack(stream("audio", fourcc)).push(bytes("fff15080013ffc 2110"), 0);
    expect(config).toMatchObject({ kind: "audio-config", codec: "aac" });
  });

  it.each<[NutStreamEvent["mediaClass"], string, string]>([
    ["audio", "\xac\xf1\0\0", "FLAC"],
    ["video", "VP90", "VP9"],
    ["audio", "H264", "video in a stream of sound"],
    ["other", "H264", "neither video nor sound"],
  ])("%s %j is refused: %s", (mediaClass, fourcc) => {
    const open = () => openTrack(stream(mediaClass, fourcc));
    expect(open).toThrow(CorruptInputError);
    expect(open).toThrow(
      `NUT: expected a track of one of the codecs h264, hevc, av1, aac, opus, mp3, pcm_alaw, pcm_mulaw, got ${mediaClass} with fourcc ${JSON.stringify(fourcc)}`,
    );
  });
});

it("what may be copied is a codec of the table", () => {
  expect(["h264", "hevc", "vp9", "aac", "toString"].map(isVideoCodec)).toEqual([
    ...[true, true, false, false, false],
  ]);
  expect(["aac", "mp3", "flac", "h264", "toString"].map(isAudioCodec)).toEqual([
    ...[true, true, false, false, false],
  ]);
});

it("names a config as browsers know it", () => {
  expect([videoConfig, audioConfig].map(codecString)).toEqual(["avc1.64001f", "mp4a.40.2"]);
});

it("says why browsers refuse sound whose layout is its own", () => {
  const { unusual } = audioCodecs.aac;
  expect(unusual(audioConfig)).toBeNull();
  const decoderConfig = bytes("1200 0504 0500 2000");
  expect(unusual({ ...audioConfig, decoderConfig, channels: 4 })).toBe(
    "AAC with 4 channels in a custom layout, which browsers do not play",
  );
});

it("a decoder need not be set up again for the same settings", () => {
  expect(isSameConfig(videoConfig, { ...videoConfig })).toBe(true);
  expect(isSameConfig(videoConfig, withPps(videoConfig, bytes("68 ee 3c 80")))).toBe(false);
});

describe("codecs that a server does not list", () => {
  const configs = [{ ...videoConfig, codec: "hevc" } as const, { ...audioConfig, codec: "opus" } as const];

  it.each([
    [[], ["H.265", "Opus"]],
    [["hvc1"], ["Opus"]],
    [["*"], []],
    [["hvc1", "Opus"], []],
  ])("of %j are %j", (fourccs, expected) => {
    expect(unlistedCodecs(configs, fourccs)).toEqual(expected);
  });

  it("are none of those that FLV has numbers for", () => {
    expect(unlistedCodecs([videoConfig, audioConfig, { ...audioConfig, codec: "mp3" }], [])).toEqual([]);
    expect(unlistedCodecs(configs, ["Opus"], "cdn")).toEqual([]);
  });
});
