import { describe, expect, it } from "vitest";
import { decodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { encodeMetadata } from "../../../src/media/flv/metadata.ts";
import { hex } from "./hex.ts";
import { audioConfig, videoConfig } from "./packets.ts";

const encoderName = "flvcast 0.1.0";

describe("onMetaData (E.5)", () => {
  it("says all that is known of a stream with two tracks, and no duration", () => {
    const rates = { framerate: 30, videoKbps: 2500, audioKbps: 128 };
    expect(
      decodeAmf0(encodeMetadata({ video: videoConfig, audio: audioConfig, rates, encoderName })),
    ).toEqual([
      "onMetaData",
      {
        kind: "ecma-array",
        properties: [
          ["width", 1280],
          ["height", 720],
          ["videocodecid", 7],
          ["framerate", 30],
          ["videodatarate", 2500],
          ["audiocodecid", 10],
          ["audiosamplerate", 48_000],
          ["audiosamplesize", 16],
          ["stereo", true],
          ["audiodatarate", 128],
          ["encoder", encoderName],
        ],
      },
    ]);
  });

  it.each([
    ["H.265", { codec: "hevc" }, {}, 1_752_589_105, 10],
    ["H.265 as CDNs have it", { codec: "hevc" }, { form: "cdn" }, 12, 10],
    ["AV1 and Opus", { codec: "av1" }, { codec: "opus" }, 1_635_135_537, 1_332_770_163],
    ["MP3", {}, { codec: "mp3" }, 7, 2],
    ["A-law", {}, { codec: "pcm_alaw" }, 7, 7],
    ["µ-law", {}, { codec: "pcm_mulaw" }, 7, 8],
  ] as const)(
    "has the codecs' numbers, which of a FourCC are its letters: %s",
    (_, video, { ...rest }, videoId, audioId) => {
      const { form, ...audio } = { form: undefined, ...rest };
      const configs = { video: { ...videoConfig, ...video }, audio: { ...audioConfig, ...audio } };
      const [, body] = decodeAmf0(encodeMetadata({ ...configs, rates: {}, form, encoderName }));
      expect(body).toMatchObject({
        properties: expect.arrayContaining([
          ["videocodecid", videoId],
          ["audiocodecid", audioId],
        ]),
      });
    },
  );

  it.each([
    ["HE-AAC", 2, { sampleRateHz: 44_100, channels: 2 }, 44_100, true],
    ["HE-AACv2", 1, { sampleRateHz: 44_100, channels: 2 }, 44_100, true],
    ["5.1", 6, undefined, 22_050, false],
    ["mono", 1, undefined, 22_050, false],
  ] as const)("says what is heard of %s", (_, channels, output, heardHz, isStereo) => {
    const audio = { ...audioConfig, sampleRateHz: 22_050, channels, ...(output && { output }) };
    const [, body] = decodeAmf0(encodeMetadata({ video: null, audio, rates: {}, encoderName }));
    expect(body).toMatchObject({
      properties: expect.arrayContaining([
        ["audiosamplerate", heardHz],
        ["stereo", isStereo],
      ]),
    });
  });

  it.each([
    ["video alone, no rates", { video: videoConfig, audio: null }, 4],
    ["sound alone, no rates", { video: null, audio: audioConfig }, 5],
    ["both, no rates", { video: videoConfig, audio: audioConfig }, 8],
  ])("counts its properties right and leaves out what is unknown: %s", (_, configs, count) => {
    const body = encodeMetadata({ ...configs, rates: {}, encoderName });
    const [, array] = decodeAmf0(body);
    expect(array).toHaveProperty("properties.length", count);
    const expected = `02 000a 6f6e4d65746144617461 08 ${count.toString(16).padStart(8, "0")}`;
    expect(hex(body.subarray(0, 18), expected)).toBe(expected);
  });
});
