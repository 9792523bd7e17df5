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
      { kind: "video-frame", isKey: true, compositionTimeMs: 0, nalUnits: [bytes("65"), bytes("0601")] },
    ],
    [
      "a delta frame shown 80 ms later",
      "27 01 000050 00000001 41",
      { kind: "video-frame", isKey: false, compositionTimeMs: 80, nalUnits: [bytes("41")] },
    ],
    [
      "a delta frame shown 1 ms earlier",
      "27 01 ffffff 00000001 41",
      { kind: "video-frame", isKey: false, compositionTimeMs: -1, nalUnits: [bytes("41")] },
    ],
    ["an end of sequence", "17 02 000000", { kind: "video-end" }],
  ])("can be %s", (_, body, expected) => {
    expect(parseVideoBody(bytes(body))).toEqual(expected);
  });

  it.each([
    ["too short", "17 01", "a video tag of 2 bytes, expected 5 or more at offset 100"],
    ["of another codec", "1c 01 000000 00", "CodecID 12, expected 7 (AVC) at offset 100"],
    ["a command frame", "57 01 000000 00", "FrameType 5, expected 1 (key) or 2 (inter) at offset 100"],
    ["of an unknown packet type", "17 03 000000", "AVCPacketType 3, expected 0, 1 or 2 at offset 101"],
    ["an empty picture", "17 01 000000", "a picture without NAL units at offset 105"],
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

describe("the body of an audio tag (E.4.2)", () => {
  it.each([
    ["a sequence header", "af 00 1190", { kind: "audio-config", codec: "aac", decoderConfig: bytes("1190") }],
    ["an AAC frame", "af 01 2110", { kind: "audio-frame", data: bytes("2110") }],
  ])("can be %s", (_, body, expected) => {
    expect(parseAudioBody(bytes(body))).toEqual(expected);
  });

  it.each([
    ["empty", "", "an audio tag of 0 bytes, expected 3 or more at offset 100"],
    ["a frame without data", "af 01", "an audio tag of 2 bytes, expected 3 or more at offset 100"],
    ["MP3", "2f ff fb", "sound 0x2f, expected 0xaf (AAC) at offset 100"],
    ["of an unknown packet type", "af 02 00", "AACPacketType 2, expected 0 or 1 at offset 101"],
  ])("is refused when it is %s", (_, body, message) => {
    expect(() => parseAudioBody(bytes(body), 100)).toThrow(new CorruptInputError(`FLV: ${message}`));
  });
});
