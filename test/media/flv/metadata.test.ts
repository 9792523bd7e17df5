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
