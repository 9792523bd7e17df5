import { expect, it } from "vitest";
import { audioSampleEntry, videoSampleEntry } from "../../../src/media/mp4/sample-entry.ts";
import type { AudioConfig, VideoConfig } from "../../../src/media/packet.ts";
import { bytes, hex } from "../fixture.ts";

const picture = (codec: VideoConfig["codec"]): VideoConfig => ({
  ...{ kind: "video-config", codec, decoderConfig: bytes("01 640020"), parameterSets: [] },
  ...{ width: 640, height: 360 },
});

it.each([
  ["h264", "61766331", "61766343"], // avc1, avcC
  ["hevc", "68766331", "68766343"], // hvc1, hvcC
  ["av1", "61763031", "61763143"], // av01, av1C
] as const)("%s", (codec, entry, record) => {
  const head = `00000062 ${entry} 000000000000 0001 ${"00".repeat(16)} 0280 0168`;
  const rest = `00480000 00480000 00000000 0001 ${"00".repeat(32)} 0018 ffff`;
  expect(hex(videoSampleEntry(picture(codec)))).toBe(
    hex(bytes(`${head} ${rest} 0000000c ${record} 01640020`)),
  );
});

const sound = (codec: AudioConfig["codec"], decoderConfig: string, sampleRateHz = 48_000): AudioConfig => ({
  ...{ kind: "audio-config", codec, decoderConfig: bytes(decoderConfig) },
  ...{ sampleRateHz, samplesPerFrame: 1024, channels: 2 },
});
const common = (rate: string) => `000000000000 0001 00000000 00000000 0002 0010 0000 0000 ${rate} 0000`;
const esds = (length: string, type: string, es: string, config: string, info: string) =>
  `${length} 65736473 00000000 03808080${es} 0000 00 04808080${config} ${type} 15 000000 00000000 00000000 ${info} 0680808001 02`;

it.each([
  [
    "AAC",
    sound("aac", "1190"),
    `00000057 6d703461 ${common("bb80")} ${esds("00000033", "40", "22", "14", "0580808002 1190")}`,
  ],
  [
    "MP3",
    sound("mp3", "", 44_100),
    `00000050 6d703461 ${common("ac44")} ${esds("0000002c", "6b", "1b", "0d", "")}`,
  ],
  [
    "Opus",
    sound("opus", "4f70757348656164 01 02 3801 80bb0000 0000 00"),
    `00000037 4f707573 ${common("bb80")} 00000013 644f7073 00 02 0138 0000bb80 0000 00`,
  ],
  [
    "Opus of six channels",
    sound("opus", "4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305"),
    `0000003f 4f707573 ${common("bb80")} 0000001b 644f7073 00 06 0138 0000bb80 0000 01 04 02 000401020305`,
  ],
  [
    "AAC of a rate that 16 bits cannot hold, which the decoder configuration tells",
    sound("aac", "1010", 96_000),
    `00000057 6d703461 ${common("0000")} ${esds("00000033", "40", "22", "14", "0580808002 1010")}`,
  ],
  ["A-law", sound("pcm_alaw", "", 8000), `00000024 616c6177 ${common("1f40")}`],
  ["µ-law", sound("pcm_mulaw", "", 8000), `00000024 756c6177 ${common("1f40")}`],
])("%s", (_name, config, expected) => {
  expect(hex(audioSampleEntry(config))).toBe(hex(bytes(expected)));
});
