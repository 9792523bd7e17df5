import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReorderedPicturesError } from "../../../src/media/corrupt-input.ts";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { HevcTrack } from "../../../src/media/hevc/track.ts";
import type { Packet } from "../../../src/media/packet.ts";
import { bytes, hex, isResultOrCorrupt, md5, probe } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

const IDR = "2601af80";
const CRA = "2a01af80";
const RASL = "10018080";
const RADL = "0c018080";
const TRAIL = "0201d080";
const TRAIL_N = "0001d080";

function unit(...units: readonly string[]): Uint8Array {
  return bytes(units.map((one) => `00000001${one}`).join(""));
}

function told(packets: readonly Packet[]): string[] {
  return packets.map((packet) => {
    if (packet.kind === "video-config") return `config ${packet.parameterSets.length}`;
    if (packet.kind !== "video-frame") return packet.kind;
    return `${packet.isKey ? "key" : "delta"} ${packet.units.map(hex).join(" ")}`;
  });
}

/** The sets of a real stream, whose pictures all have PPS 0. */
const { extradata } = recorded("hevc-5.1.nut");
/** VPS, SPS and PPS, without x265's SEI. */
const setsOf = (annexB: Uint8Array) => splitAnnexB(annexB).slice(0, 3).map(hex);
const opened = () => new HevcTrack(extradata);

const timed = (name: string) => new HevcTrack(recorded(name).extradata, { isTimedByArrival: true });

describe("an H.265 track", () => {
  test.each([
    ["hevc-5.1.nut", "in Annex B, of x265"],
    ["hevc-7.1.nut", "with ten bits, cropped"],
    ["hevc-b-9.0.nut", "with lengths, copied from MP4, open groups and B-frames"],
  ])("of %s is one configuration and then every picture: %s", (name) => {
    const { reader, packets } = recorded(name);
    const [config, ...frames] = packets;
    const { packets: expected, streams } = probe(name);
    expect(config).toMatchObject({
      ...{ kind: "video-config", codec: "hevc" },
      ...{ width: streams[0]?.["width"], height: streams[0]?.["height"] },
      maxReorderFrames: name === "hevc-b-9.0.nut" ? 2 : 0,
    });
    expect(frames.map((frame) => frame.kind === "video-frame" && frame.isKey)).toEqual(
      expected.map(({ flags }) => flags.startsWith("K")),
    );
    expect(reader.drops.take()).toBeNull();
    expect(reader.droppedFrames).toBe(0);
  });

  test("copied from MP4 keeps each picture's bytes", () => {
    const { packets } = recorded("hevc-b-9.0.nut");
    const frames = packets.flatMap((packet) => (packet.kind === "video-frame" ? [packet.units] : []));
    const whole = frames.map((units) =>
      md5(Buffer.concat(units.flatMap((one) => [Uint8Array.of(0, 0, one.length >> 8, one.length), one]))),
    );
    expect(whole.slice(1)).toEqual(
      probe("hevc-b-9.0.nut")
        .packets.slice(1)
        .map(({ data_hash }) => data_hash),
    );
  });

  test("keeps slices and SEI, and none of what stands in the settings or says nothing", () => {
    const accessUnit = unit(
      "460110",
      ...setsOf(extradata),
      "4e010501aa80",
      IDR,
      "26012f80",
      "50010480",
      "4c01ff80",
      "4801",
      "4a01",
    );
    const [config, key] = opened().push(accessUnit, 7.5);
    expect(told([config, key].filter((one) => one !== undefined))).toEqual([
      "config 3",
      `key 4e010501aa80 ${IDR} 26012f80 50010480`,
    ]);
    expect(key).toMatchObject({ presentationTimeUs: 7.5, decodeTimeUs: 7.5 });
  });

  test("begins with its first IRAP picture, and counts what came before", () => {
    const track = opened();
    expect(track.push(unit(TRAIL), 0)).toEqual([]);
    expect(track.droppedFrames).toBe(1);
    expect(told(track.push(unit(CRA), 1))).toEqual(["config 3", `key ${CRA}`]);
  });

  test("leaves out pictures that are decoded by what stood before its first CRA picture, and no later ones", () => {
    const track = opened();
    expect(told([CRA, RASL, RADL, TRAIL, CRA, RASL].flatMap((one, at) => track.push(unit(one), at)))).toEqual(
      [...["config 3", `key ${CRA}`, `delta ${RADL}`, `delta ${TRAIL}`, `key ${CRA}`, `delta ${RASL}`]],
    );
    expect(track.droppedFrames).toBe(1);
    track.push(unit(TRAIL, "4801"), 7);
    expect(told([CRA, RASL].flatMap((one, at) => track.push(unit(one), 8 + at)))).toEqual([`key ${CRA}`]);
  });

  test("waits for the parameter sets of its IRAP picture, all three", () => {
    const track = new HevcTrack();
    const units = setsOf(extradata);
    for (const some of [[], units.slice(0, 1), units.slice(1, 2)])
      expect(track.push(unit(...some, IDR), 0)).toEqual([]);
    expect(told(track.push(unit(...units.slice(2), IDR), 1))).toEqual(["config 3", `key ${IDR}`]);
  });

  test("announces changed sets before the picture that needs them, and says nothing of repeated ones", () => {
    const track = opened();
    const other = setsOf(recorded("hevc-7.1.nut").extradata);
    const same = setsOf(extradata);
    track.push(unit(IDR), 0);
    expect(told(track.push(unit(...same, IDR), 1))).toEqual([`key ${IDR}`]);
    const [config] = track.push(unit(...other, IDR), 2);
    expect(config).toMatchObject({ kind: "video-config", width: 98, height: 58 });
  });

  test("drops a damaged picture with those up to the next IRAP picture, unless no other is decoded by it", () => {
    const track = opened();
    track.push(unit(IDR), 0);
    expect(track.push(unit(`8${TRAIL_N.slice(1)}`), 1)).toEqual([]);
    expect(told(track.push(unit(TRAIL), 2))).toEqual([`delta ${TRAIL}`]);
    expect(track.push(unit(`8${TRAIL.slice(1)}`), 3)).toEqual([]);
    expect(track.push(unit(TRAIL), 4)).toEqual([]);
    expect(told([CRA, RASL, TRAIL].flatMap((one, at) => track.push(unit(one), 5 + at)))).toEqual([
      ...[`key ${CRA}`, `delta ${TRAIL}`],
    ]);
    expect(track.drops.take()).toMatchObject({ damaged: 2, ignored: 0 });
  });

  test("goes on at a recovery point after a loss", () => {
    const track = opened();
    track.push(unit(IDR), 0);
    track.lose(1, "lost");
    expect(track.push(unit(TRAIL), 2)).toEqual([]);
    expect(told(track.push(unit("4e01060180", TRAIL), 3))).toEqual([`delta 4e01060180 ${TRAIL}`]);
  });

  test("leaves out what decoders ignore: reserved types, and layers of other views", () => {
    const track = opened();
    track.push(unit(IDR), 0);
    expect(told(track.push(unit(TRAIL, "5201ff80", "0209d080", "7c01ff80"), 1))).toEqual([`delta ${TRAIL}`]);
    expect(track.drops.take()).toMatchObject({ ignored: 3, last: "H.265: a NAL unit of nal_unit_type 62" });
  });

  test("takes bytes that are no access unit for damage", () => {
    const track = opened();
    expect(track.push(bytes("ffffff"), 0)).toEqual([]);
    expect(track.drops.take()?.last).toContain("H.265 access unit of 3 bytes: expected a start code");
  });

  test("whose times are those of arrival has no B-frames, as its SPS tells", () => {
    expect(told(timed("hevc-5.1.nut").push(unit(IDR), 0))).toHaveLength(2);
    expect(() => timed("hevc-b-9.0.nut").push(bytes(`00000004 ${IDR}`), 0)).toThrow(ReorderedPicturesError);
  });

  test("of any bytes is packets or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (data, isUnit) => {
        const accessUnit = isUnit ? Uint8Array.of(0, 0, 1, ...data) : data;
        expect(opened().push(accessUnit, 0).length).toBeLessThanOrEqual(2);
        expect(isResultOrCorrupt(() => new HevcTrack(data))).toBe(true);
      }),
    );
  });
});
