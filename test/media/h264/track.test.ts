import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { H264Track, ReorderedPicturesError } from "../../../src/media/h264/track.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes, fixture, hex, isResultOrCorrupt, probe } from "../fixture.ts";

function track(name: string): { track: H264Track; packets: (VideoConfig | VideoFrame)[] } {
  let made = new H264Track();
  const packets: (VideoConfig | VideoFrame)[] = [];
  for (const event of new NutDemuxer().push(fixture(name))) {
    if (event.kind === "stream" && event.mediaClass === "video") made = new H264Track(event.extradata);
    if (event.kind === "frame" && event.streamId === 0)
      packets.push(...made.push(event.data, event.presentationTimeUs));
  }
  return { track: made, packets };
}

const SPS = "6742000ada0507c4"; // 320x240
const SMALL_SPS = "6742000ada050f10"; // 320x112
const PPS = "68ce3880";
const IDR = "658880"; // first_mb 0, slice_type 7, pps 0
const DELTA = "419a80";
/** The same with ids of 1. */
const [SPS_1, PPS_1, IDR_1] = ["6742000a568141f1", "6848e388", "658850"];

function unit(...units: string[]): Uint8Array {
  return bytes(units.map((one) => `00000001${one}`).join(""));
}

function told(packets: readonly (VideoConfig | VideoFrame)[]): string[] {
  return packets.map((packet) =>
    packet.kind === "video-config"
      ? `config ${packet.parameterSets.map(hex).join(" ")}`
      : `${packet.isKey ? "key" : "delta"} ${packet.units.map(hex).join(" ")}`,
  );
}

describe("an H.264 track", () => {
  test.each(["video-5.1.nut", "video-7.1.nut", "video-9.0.nut", "both.nut", "avcc.nut"])(
    "of %s is one configuration and then every picture, key frames where ffprobe has them",
    (name) => {
      const { packets } = track(name);
      const [config, ...frames] = packets;
      const expected = probe(name).packets.filter((packet) => packet.stream_index === 0);
      const [stream] = probe(name).streams;
      expect(config).toMatchObject({
        kind: "video-config",
        width: stream?.["width"],
        height: stream?.["height"],
      });
      expect(frames.map((frame) => frame.kind === "video-frame" && frame.isKey)).toEqual(
        expected.map(({ flags }) => flags.startsWith("K")),
      );
    },
  );

  test("with several slices a picture keeps them in one frame, without delimiters and parameter sets", () => {
    const [config, key] = new H264Track().push(
      unit("09f0", SPS, PPS, "0605aabb80", IDR, "65408880", "0cff80", "0a", "0b"),
      7.5,
    );
    expect(told([config, key].filter((one) => one !== undefined))).toEqual([
      `config ${SPS} ${PPS}`,
      `key 0605aabb80 ${IDR} 65408880`,
    ]);
    expect(key).toMatchObject({ presentationTimeUs: 7.5 });
  });

  test("begins with its first IDR picture, and counts what came before", () => {
    const made = new H264Track();
    expect(made.awaiting).toBe("an IDR picture");
    expect(made.push(unit(SPS, PPS, DELTA), 0)).toEqual([]);
    expect(made.push(unit("09f0"), 1)).toEqual([]);
    expect(made.push(unit(DELTA), 2)).toEqual([]);
    expect(made.droppedFrames).toBe(2);
    expect(told(made.push(unit(IDR), 3))).toEqual([`config ${SPS} ${PPS}`, `key ${IDR}`]);
    expect(made.awaiting).toBeNull();
  });

  test("waits for the parameter sets of its IDR picture", () => {
    const made = new H264Track();
    expect(made.push(unit(IDR), 0)).toEqual([]);
    expect(made.awaiting).toBe("the SPS and PPS of its IDR picture");
    expect(made.push(unit(SPS), 1)).toEqual([]);
    expect(told(made.push(unit(PPS, IDR), 2))).toEqual([`config ${SPS} ${PPS}`, `key ${IDR}`]);
  });

  test("takes its parameter sets from extradata in Annex B", () => {
    expect(told(new H264Track(unit(SPS, PPS)).push(unit(IDR), 0))).toEqual([
      `config ${SPS} ${PPS}`,
      `key ${IDR}`,
    ]);
  });

  test("takes lengths for start codes when its extradata is an avcC", () => {
    const avcc = bytes(`01 42000a fd e1 0008 ${SPS} 01 0004 ${PPS}`);
    expect(told(new H264Track(avcc).push(bytes(`0003 ${IDR}`), 0))).toEqual([
      `config ${SPS} ${PPS}`,
      `key ${IDR}`,
    ]);
  });

  test("says nothing of sets that come again, and announces changed ones before their frame", () => {
    const made = new H264Track();
    made.push(unit(SPS, PPS, IDR), 0);
    expect(told(made.push(unit(SPS, PPS, IDR), 1))).toEqual([`key ${IDR}`]);
    expect(told(made.push(unit(DELTA), 2))).toEqual([`delta ${DELTA}`]);
    expect(told(made.push(unit(SMALL_SPS, PPS, IDR), 3))).toEqual([
      `config ${SMALL_SPS} ${PPS}`,
      `key ${IDR}`,
    ]);
    expect(told(made.push(unit("68ce3c80", DELTA), 4))).toEqual([
      `config ${SMALL_SPS} 68ce3c80`,
      `delta ${DELTA}`,
    ]);
  });

  test("announces changed sets that stand before others which have not changed", () => {
    const made = new H264Track();
    made.push(unit(SPS, PPS, IDR), 0);
    expect(told(made.push(unit("68ce3c80", SPS, DELTA), 1))).toEqual([
      `config ${SPS} 68ce3c80`,
      `delta ${DELTA}`,
    ]);
  });

  test("announces each of its sets once, that of its IDR picture first", () => {
    expect(told(new H264Track().push(unit(SPS, SPS_1, PPS, PPS_1, IDR_1), 0))).toEqual([
      `config ${SPS_1} ${SPS} ${PPS} ${PPS_1}`,
      `key ${IDR_1}`,
    ]);
    expect(told(new H264Track().push(unit(SPS, SPS_1, PPS, PPS_1, IDR), 0))).toEqual([
      `config ${SPS} ${SPS_1} ${PPS} ${PPS_1}`,
      `key ${IDR}`,
    ]);
  });

  test("keeps parameter sets when the chunk they came in is gone", () => {
    const chunk = unit(SPS, PPS, IDR);
    const [config] = new H264Track().push(chunk, 0);
    chunk.fill(0);
    expect(config?.kind === "video-config" && config.parameterSets.map(hex)).toEqual([SPS, PPS]);
  });

  test("with B-frames is refused by name", () => {
    expect(() => track("reordered.nut")).toThrow(ReorderedPicturesError);
    const made = new H264Track(unit(SPS, PPS));
    made.push(unit(IDR), 40_000);
    expect(() => made.push(unit(DELTA), 39_999)).toThrow(/got 39999 after 40000 microseconds/);
  });

  test("accepts two pictures of one time", () => {
    const made = new H264Track(unit(SPS, PPS));
    made.push(unit(IDR), 40_000);
    expect(made.push(unit(DELTA), 40_000)).toHaveLength(1);
  });

  test.each([
    ["a set forbidden_zero_bit", "00000001 e5", /forbidden_zero_bit/],
    ["a unit of type 0", "00000001 60", /nal_unit_type 0/],
    ["no start code", "6588", /expected a start code/],
    ["a broken SPS", "00000001 67ff", /SPS/],
  ])("with %s is corrupt", (_, data, message) => {
    expect(() => new H264Track().push(bytes(data), 0)).toThrow(CorruptInputError);
    expect(() => new H264Track().push(bytes(data), 0)).toThrow(message);
  });

  test("is packets or corrupt input, whatever bits are flipped", () => {
    const frames = new NutDemuxer().push(fixture("video-5.1.nut")).filter((event) => event.kind === "frame");
    const key = (frames[0]?.data ?? bytes("")).subarray(0, 300);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(key.length - 1), fc.nat(7)), { maxLength: 12 }), (flips) => {
        const damaged = new Uint8Array(key);
        for (const [at, bit] of flips) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        expect(isResultOrCorrupt(() => new H264Track().push(damaged, 0))).toBe(true);
        expect(isResultOrCorrupt(() => new H264Track(damaged).push(key, 0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
