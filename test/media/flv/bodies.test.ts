import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { parseAudioBody } from "../../../src/media/flv/audio-body.ts";
import { parseVideoBody } from "../../../src/media/flv/video-body.ts";
import { bytes } from "./hex.ts";

describe("the body of a video tag (E.4.3)", () => {
  it.each([
    [
      "a sequence header",
      "17 00 000000 0164",
      { kind: "video-config", codec: "h264", decoderConfig: bytes("0164") },
    ],
    [
      "a key frame",
      "17 01 000000 00000001 65 00000002 0601",
      {
        kind: "video-frame",
        isKey: true,
        compositionTimeMs: 0,
        data: bytes("00000001 65 00000002 0601"),
        units: [bytes("65"), bytes("0601")],
      },
    ],
    [
      "a delta frame shown 80 ms later",
      "27 01 000050 00000001 41",
      {
        kind: "video-frame",
        isKey: false,
        compositionTimeMs: 80,
        data: bytes("00000001 41"),
        units: [bytes("41")],
      },
    ],
    [
      "a delta frame shown 1 ms earlier",
      "27 01 ffffff 00000001 41",
      {
        kind: "video-frame",
        isKey: false,
        compositionTimeMs: -1,
        data: bytes("00000001 41"),
        units: [bytes("41")],
      },
    ],
    [
      "a sequence header of HEVC",
      "90 68766331 01aa",
      { kind: "video-config", codec: "hevc", decoderConfig: bytes("01aa") },
    ],
    [
      "the same as CDNs have it",
      "1c 00 000000 01aa",
      { kind: "video-config", codec: "hevc", decoderConfig: bytes("01aa") },
    ],
    [
      "a key frame of HEVC that is shown at once",
      "93 68766331 00000002 2601",
      {
        kind: "video-frame",
        isKey: true,
        compositionTimeMs: 0,
        data: bytes("00000002 2601"),
        units: [bytes("2601")],
      },
    ],
    [
      "a frame of HEVC shown 80 ms later",
      "a1 68766331 000050 00000002 0201",
      {
        kind: "video-frame",
        isKey: false,
        compositionTimeMs: 80,
        data: bytes("00000002 0201"),
        units: [bytes("0201")],
      },
    ],
    ["an end of HEVC", "92 68766331", { kind: "video-end" }],
    [
      "a sequence header of AV1",
      "90 61763031 81000000",
      { kind: "video-config", codec: "av1", decoderConfig: bytes("81000000") },
    ],
    [
      "a key frame of AV1, which has no composition time",
      "91 61763031 3200",
      { kind: "video-frame", isKey: true, compositionTimeMs: 0, data: bytes("3200"), units: [bytes("3200")] },
    ],
    ["an end of sequence", "17 02 000000", { kind: "video-end" }],
  ])("can be %s", (_, body, expected) => {
    expect(parseVideoBody(bytes(body))).toEqual(expected);
  });

  it.each([
    ["too short", "17 01", "a video tag of 2 bytes, expected 5 or more at offset 100"],
    [
      "of another codec",
      "1d 01 000000 00",
      "CodecID 13, expected 7 (AVC), hvc1 or 12 (HEVC), av01 at offset 100",
    ],
    [
      "of another FourCC",
      "90 76703039",
      "FourCC vp09, expected 7 (AVC), hvc1 or 12 (HEVC), av01 at offset 100",
    ],
    ["of an unknown extended type", "94 68766331", "VideoPacketType 4, expected 0 to 3 at offset 100"],
    [
      "without its composition time",
      "91 68766331 0000",
      "a composition time that is cut short at offset 105",
    ],
    ["a command frame", "57 01 000000 00", "FrameType 5, expected 1 (key) or 2 (inter) at offset 100"],
    ["of an unknown packet type", "17 03 000000", "AVCPacketType 3, expected 0, 1 or 2 at offset 101"],
    ["an empty picture", "17 01 000000", "a picture without data at offset 105"],
    [
      "a NAL unit of no bytes",
      "17 01 000000 00000000",
      "a NAL unit of 0 bytes where 0 are left at offset 105",
    ],
    [
      "a NAL unit cut short",
      "17 01 000000 00000002 65",
      "a NAL unit of 2 bytes where 1 are left at offset 105",
    ],
    [
      "a length cut short",
      "17 01 000000 00000001 65 0000",
      "a NAL unit of 0 bytes where 0 are left at offset 110",
    ],
  ])("is refused when it is %s", (_, body, message) => {
    expect(() => parseVideoBody(bytes(body), 100)).toThrow(new CorruptInputError(`FLV: ${message}`));
  });
});

function plain(codec: string, sampleRateHz: number, channels: number) {
  return { kind: "audio-config", codec, decoderConfig: new Uint8Array(), sampleRateHz, channels };
}

describe("the body of an audio tag (E.4.2)", () => {
  it.each([
    ["a sequence header", "af 00 1190", { kind: "audio-config", codec: "aac", decoderConfig: bytes("1190") }],
    ["an AAC frame", "af 01 2110", { kind: "audio-frame", data: bytes("2110") }],
    [
      "a sequence header of Opus",
      "90 4f707573 4f70",
      { kind: "audio-config", codec: "opus", decoderConfig: bytes("4f70") },
    ],
    ["an Opus packet", "91 4f707573 fcfffe", { kind: "audio-frame", data: bytes("fcfffe") }],
    [
      "an MP3 frame, which says what it is",
      "2e fffb94c0",
      { kind: "audio-frame", data: bytes("fffb94c0"), settings: plain("mp3", 48_000, 1) },
    ],
    ["A-law", "72 d5d5", { kind: "audio-frame", data: bytes("d5d5"), settings: plain("pcm_alaw", 8000, 1) }],
    ["µ-law", "82 ffff", { kind: "audio-frame", data: bytes("ffff"), settings: plain("pcm_mulaw", 8000, 1) }],
  ])("can be %s", (_, body, expected) => {
    expect(parseAudioBody(bytes(body))).toEqual(expected);
  });

  it.each([
    ["empty", "", "an audio tag of 0 bytes, expected 3 or more at offset 100"],
    ["a frame without data", "af 01", "an audio tag of 2 bytes, expected 3 or more at offset 100"],
    [
      "ADPCM",
      "1f 00 00",
      "sound 0x1f, expected 0xaf (AAC), Opus, 2 (MP3), 0x72 (A-law), 0x82 (µ-law) at offset 100",
    ],
    [
      "FLAC",
      "90 664c6143",
      "FourCC fLaC, expected 0xaf (AAC), Opus, 2 (MP3), 0x72 (A-law), 0x82 (µ-law) at offset 100",
    ],
    ["MP3 without a frame's header", "2f 00 00", "an MP3 frame without its header at offset 101"],
    ["Opus of another kind", "94 4f707573 01", "AudioPacketType 4, expected 0 or 1 at offset 100"],
    ["of an unknown packet type", "af 02 00", "AACPacketType 2, expected 0 or 1 at offset 101"],
  ])("is refused when it is %s", (_, body, message) => {
    expect(() => parseAudioBody(bytes(body), 100)).toThrow(new CorruptInputError(`FLV: ${message}`));
  });
});
