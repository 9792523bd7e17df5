import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError, ReorderedPicturesError } from "../../../src/media/corrupt-input.ts";
import { H264Track } from "../../../src/media/h264/track.ts";
import type { NalTrackOptions } from "../../../src/media/nal/track.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes, fixture, hex, isResultOrCorrupt, probe } from "../fixture.ts";

function track(
  name: string,
  options: NalTrackOptions = {},
): { track: H264Track; packets: (VideoConfig | VideoFrame)[] } {
  let made = new H264Track();
  const packets: (VideoConfig | VideoFrame)[] = [];
  for (const event of new NutDemuxer().push(fixture(name))) {
    if (event.kind === "stream" && event.mediaClass === "video")
      made = new H264Track(event.extradata, options);
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
    expect(made.push(unit(SPS, PPS, DELTA), 0)).toEqual([]);
    expect(made.push(unit("09f0"), 1)).toEqual([]);
    expect(made.push(unit(DELTA), 2)).toEqual([]);
    expect(made.droppedFrames).toBe(2);
    expect(told(made.push(unit(IDR), 3))).toEqual([`config ${SPS} ${PPS}`, `key ${IDR}`]);
  });

  test("waits for the parameter sets of its IDR picture", () => {
    const made = new H264Track();
    expect(made.push(unit(IDR), 0)).toEqual([]);
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

  test("announces the sets that its pictures are coded with, and no others", () => {
    expect(told(new H264Track().push(unit(SPS, SPS_1, PPS, PPS_1, IDR_1), 0))).toEqual([
      `config ${SPS_1} ${PPS_1}`,
      `key ${IDR_1}`,
    ]);
    const made = new H264Track();
    expect(told(made.push(unit(SPS, SPS_1, PPS, PPS_1, IDR), 0))).toEqual([
      `config ${SPS} ${PPS}`,
      `key ${IDR}`,
    ]);
    expect(told(made.push(unit(IDR_1), 1))).toEqual([`config ${SPS_1} ${PPS_1}`, `key ${IDR_1}`]);
    expect(told(made.push(unit(IDR), 2))).toEqual([`config ${SPS} ${PPS}`, `key ${IDR}`]);
  });

  test("announces nothing anew where stale sets stand before those in use", () => {
    const made = new H264Track(unit(SPS, PPS));
    const key = unit(SPS, PPS, SMALL_SPS, PPS, IDR);
    expect(told(made.push(key, 0))).toEqual([`config ${SMALL_SPS} ${PPS}`, `key ${IDR}`]);
    expect(told(made.push(key, 1))).toEqual([`key ${IDR}`]);
    expect(told(made.push(unit(SPS, PPS, DELTA), 2))).toEqual([`delta ${DELTA}`]);
    expect(told(made.push(key, 3))).toEqual([`key ${IDR}`]);
  });

  test("announces nothing for sets that no picture uses", () => {
    const made = new H264Track(unit(SPS, PPS));
    made.push(unit(IDR), 0);
    expect(told(made.push(unit(SPS_1, PPS_1, DELTA), 1))).toEqual([`delta ${DELTA}`]);
    expect(told(made.push(unit(IDR), 2))).toEqual([`key ${IDR}`]);
  });

  test("keeps parameter sets when the chunk they came in is gone", () => {
    const chunk = unit(SPS, PPS, IDR);
    const [config] = new H264Track().push(chunk, 0);
    chunk.fill(0);
    expect(config?.kind === "video-config" && config.parameterSets.map(hex)).toEqual([SPS, PPS]);
  });

  test("with B-frames is refused where its times are those of arrival", () => {
    expect(track("reordered.nut").track.droppedFrames).toBe(0);
    expect(() => track("reordered.nut", { isTimedByArrival: true })).toThrow(ReorderedPicturesError);
    expect(track("avcc.nut", { isTimedByArrival: true }).packets.length).toBeGreaterThan(20);
  });

  test("accepts two pictures of one time", () => {
    const made = new H264Track(unit(SPS, PPS));
    made.push(unit(IDR), 40_000);
    expect(made.push(unit(DELTA), 40_000)).toHaveLength(1);
  });

  test("whose private data are no H.264 is corrupt", () => {
    expect(() => new H264Track(bytes("6588"))).toThrow(CorruptInputError);
    expect(() => new H264Track(bytes("01 42000a ff"))).toThrow(CorruptInputError);
  });
});

describe("a unit of H.264 that cannot be used", () => {
  /** A track that has begun, and what it makes of an access unit. */
  function begun() {
    const made = new H264Track(unit(SPS, PPS));
    made.push(unit(IDR), 0);
    const push = (atMs: number, ...units: string[]) => told(made.push(unit(...units), atMs * 1000));
    return { made, push };
  }

  test.each([0, 22, 23, 24, 31])("of type %i is left out and counted, as decoders ignore it", (type) => {
    const { made, push } = begun();
    const header = (0x60 | type).toString(16);
    expect(push(40, `${header}aabb`, DELTA)).toEqual([`delta ${DELTA}`]);
    expect(push(80, `${header}aabb`)).toEqual([]);
    expect(push(120, DELTA)).toEqual([`delta ${DELTA}`]);
    expect(made.drops.take()).toEqual({
      ...{ ignored: 2, damaged: 0 },
      last: `H.264: a NAL unit of nal_unit_type ${type}`,
    });
    expect(made.drops.take()).toBeNull();
  });

  test.each([
    ["an SEI", "6605aa80", ["66 05aa80", DELTA]],
    ["a delimiter", "29f0", [DELTA]],
    ["a PPS", PPS.replace("68", "08"), [DELTA]],
    ["an IDR slice", IDR.replace("65", "05"), null],
  ])("is not %s whose nal_ref_idc is unexpected: no decoder minds", (_, odd, units) => {
    const { made, push } = begun();
    const expected = units === null ? `key ${odd}` : `delta ${units.join(" ").replace("66 ", "66")}`;
    expect(push(40, ...(units === null ? [odd] : [odd, DELTA])).at(-1)).toBe(expected);
    expect(made.drops.take()).toBeNull();
  });

  test.each([
    ["a delimiter", "89f0"],
    ["a set", "e742000a"],
    ["a broken SPS", "67ff"],
    ["a PPS cut short", "68"],
    ["a set too long for a configuration", `67${"42".repeat(0x10000)}`],
  ])("as %s costs no picture", (_, damaged) => {
    const { made, push } = begun();
    expect(push(40, damaged, DELTA)).toEqual([`delta ${DELTA}`]);
    expect(made.drops.take()).toMatchObject({ damaged: 1, ignored: 0 });
  });

  test.each([
    ["with forbidden_zero_bit set", unit("c19a80")],
    ["one of whose slices has forbidden_zero_bit set", unit(DELTA, "c14080")],
    ["all of whose units have it", unit("89f0", "e742")],
    ["without a start code", bytes(DELTA)],
  ])("as a picture %s costs those up to the next key frame, which are decoded by it", (_, damaged) => {
    const { made, push } = begun();
    expect(told(made.push(damaged, 40_000))).toEqual([]);
    expect(push(80, DELTA)).toEqual([]);
    expect(push(120, IDR)).toEqual([`key ${IDR}`]);
    expect(push(160, DELTA)).toEqual([`delta ${DELTA}`]);
    expect(made.droppedFrames).toBe(1);
  });

  test("as a picture that no other is decoded by costs nothing else", () => {
    const { push } = begun();
    expect(push(40, "819a80")).toEqual([]);
    expect(push(80, DELTA)).toEqual([`delta ${DELTA}`]);
  });

  test("behind lengths that are wrong costs the whole picture", () => {
    const made = new H264Track(bytes(`01 42000a fd e1 0008 ${SPS} 01 0004 ${PPS}`));
    made.push(bytes(`0003 ${IDR}`), 0);
    expect(made.push(bytes(`0003 ${DELTA} 00ff 41`), 40_000)).toEqual([]);
    expect(made.push(bytes(`0003 ${DELTA}`), 80_000)).toEqual([]);
    expect(told(made.push(bytes(`0003 ${IDR}`), 120_000))).toEqual([`key ${IDR}`]);
    expect(made.drops.take()).toMatchObject({ damaged: 1 });
  });

  test("as a key frame whose sets are not there costs those up to one that has them", () => {
    const { made, push } = begun();
    expect(push(40, IDR_1)).toEqual([]);
    expect(push(80, DELTA)).toEqual([]);
    expect(push(20_000, DELTA)).toEqual([]);
    expect(push(20_040, IDR)).toEqual([`key ${IDR}`]);
    expect(made.drops.take()).toMatchObject({ damaged: 1, last: /without its SPS and PPS/ });
  });

  test.each([
    ["at a recovery point, as with intra refresh", 80, ["060601c480", DELTA]],
    ["after ten seconds without one", 10_040, [DELTA]],
  ])("is got over %s", (_, atMs, units) => {
    const { push } = begun();
    push(40, "c19a80");
    expect(push(60, DELTA)).toEqual([]);
    expect(push(atMs, ...units)).toEqual([`delta ${units.join(" ")}`]);
    expect(push(atMs + 40, DELTA)).toEqual([`delta ${DELTA}`]);
  });

  test("is counted in a row until something can be used, and the first is kept", () => {
    const { made, push } = begun();
    push(40, "89f0");
    push(80, "7f00");
    expect(made.drops).toMatchObject({ inARow: 2, firstInARow: expect.stringMatching(/forbidden_zero_bit/) });
    push(120, DELTA);
    expect(made.drops.inARow).toBe(0);
  });
});

describe("H.264 with damage anywhere", () => {
  const units = new NutDemuxer()
    .push(fixture("video-5.1.nut"))
    .flatMap((event) => (event.kind === "frame" ? [event.data] : []));

  test("never throws, and the next whole key frame is as it was", () => {
    const [key, ...deltas] = units.slice(0, 5);
    if (key === undefined) throw new Error("the fixture has pictures");
    const whole = told(new H264Track().push(key, 0)).at(-1);
    const flip = fc.tuple(fc.nat(4), fc.nat(400), fc.nat(7));
    fc.assert(
      fc.property(
        fc.array(flip, { maxLength: 12 }),
        fc.array(fc.nat(400), { maxLength: 3 }),
        (flips, cuts) => {
          const made = new H264Track();
          const pushed = [key, ...deltas].map((data, index) => {
            const damaged = new Uint8Array(data.subarray(0, cuts[index] ?? data.length));
            for (const [at, byte, bit] of flips)
              if (at === index && byte < damaged.length) damaged[byte] = (damaged[byte] ?? 0) ^ (1 << bit);
            return made.push(damaged, index * 40_000);
          });
          for (const packet of pushed.flat()) {
            if (packet.kind !== "video-frame") continue;
            expect(packet.units.every((one) => ((one[0] ?? 0x80) & 0x80) === 0)).toBe(true);
          }
          expect(pushed.flat()[0]?.kind ?? "video-config").toBe("video-config");
          expect(told(made.push(key, 1e6)).at(-1)).toBe(whole);
          expect(told(made.push(key, 2e6))).toEqual([whole]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("in its private data is damage or corrupt input", () => {
    const [key = bytes("")] = units;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(299), fc.nat(7)), { maxLength: 12 }), (flips) => {
        const damaged = new Uint8Array(key.subarray(0, 300));
        for (const [at, bit] of flips) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        expect(isResultOrCorrupt(() => new H264Track(damaged).push(key, 0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("cut at every byte loses at most that picture and those decoded by it", () => {
    const [key, delta] = units;
    if (key === undefined || delta === undefined) throw new Error("the fixture has pictures");
    for (let end = 0; end < delta.length; end++) {
      const made = new H264Track();
      made.push(key, 0);
      made.push(delta.subarray(0, end), 40_000);
      expect(made.push(key, 80_000), `cut at ${end}`).toHaveLength(1);
    }
  });
});
