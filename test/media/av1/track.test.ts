import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { av1CodecString } from "../../../src/media/av1/codec-string.ts";
import { joinObus } from "../../../src/media/av1/obu.ts";
import { Av1Track } from "../../../src/media/av1/track.ts";
import type { Packet } from "../../../src/media/packet.ts";
import { bytes, hex, isResultOrCorrupt, md5, probe } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

const DELIMITER = "1200";
/** 96x64, of `av1-svt-5.1.nut`; and of another size. */
const SEQUENCE = "0a0a000000032dffcfbf9004";
const OTHER_SEQUENCE = "0a0a000000032dfecfbf9004";
const KEY = "320310aabb"; // show_existing_frame 0, frame_type 0, show_frame 1
const INTER = "320330aabb";
const HIDDEN_KEY = "320300aabb";
const SHOWN_AGAIN = "1a0188"; // a frame header with show_existing_frame 1

function told(packets: readonly Packet[]): string[] {
  return packets.map((packet) => {
    if (packet.kind === "video-config") return `config ${packet.width}x${packet.height}`;
    if (packet.kind !== "video-frame") return packet.kind;
    return `${packet.isKey ? "key" : "delta"} ${packet.units.map(hex).join(" ")}`;
  });
}

function pushed(...temporalUnits: readonly string[]): string[] {
  const track = new Av1Track();
  return told(temporalUnits.flatMap((one, at) => track.push(bytes(one), at)));
}

describe("an AV1 track", () => {
  test.each([
    ["av1-svt-5.1.nut", "of SVT-AV1, with temporal delimiters"],
    ["av1-mp4-9.0.nut", "of libaom, copied from MP4"],
  ])("of %s is one configuration and then every frame: %s", (name) => {
    const { reader, packets } = recorded(name);
    const [config, ...frames] = packets;
    const { packets: expected } = probe(name);
    expect(config).toMatchObject({
      ...{ kind: "video-config", codec: "av1", width: 96, height: 64, maxReorderFrames: 0 },
    });
    expect(frames.map((frame) => frame.kind === "video-frame" && frame.isKey)).toEqual(
      expected.map(({ flags }) => flags.startsWith("K")),
    );
    expect(reader.drops.take()).toBeNull();
  });

  test("keeps each frame's bytes, but for the delimiter and what stands in the settings", () => {
    const { packets } = recorded("av1-svt-5.1.nut");
    const frames = packets.flatMap((packet) => (packet.kind === "video-frame" ? [packet] : []));
    const whole = frames.map(({ isKey, units }) =>
      md5(joinObus(isKey ? [bytes(SEQUENCE), ...units] : units)),
    );
    expect(whole).toEqual(probe("av1-svt-5.1.nut").packets.map(({ data_hash }) => data_hash));
  });

  test("has the av1C that ffmpeg wrote into MP4, byte for byte", () => {
    const { extradata, packets } = recorded("av1-mp4-9.0.nut");
    const [config] = packets;
    expect(config?.kind === "video-config" && hex(config.decoderConfig)).toBe(hex(extradata));
  });

  test("begins with a shown key frame and its sequence header", () => {
    const track = new Av1Track();
    const units = [INTER, KEY, `${SEQUENCE}${INTER}`, HIDDEN_KEY, SHOWN_AGAIN];
    expect(units.flatMap((one, at) => track.push(bytes(DELIMITER + one), at))).toEqual([]);
    expect(track.droppedFrames).toBe(5);
    expect(told(track.push(bytes(DELIMITER + SEQUENCE + KEY), 6))).toEqual(["config 96x64", `key ${KEY}`]);
    expect(track.push(bytes(DELIMITER), 7)).toEqual([]);
  });

  test("takes its settings from an av1C, or bare OBUs", () => {
    for (const extradata of [`81000c00${SEQUENCE}`, SEQUENCE, DELIMITER + SEQUENCE]) {
      const track = new Av1Track(bytes(extradata));
      expect(told(track.push(bytes(KEY), 0))).toEqual(["config 96x64", `key ${KEY}`]);
    }
  });

  test("announces another sequence at its key frame, and says nothing of one that is repeated", () => {
    expect(pushed(SEQUENCE + KEY, SEQUENCE + INTER, SEQUENCE + KEY, OTHER_SEQUENCE + KEY)).toEqual([
      ...["config 96x64", `key ${KEY}`, `delta ${INTER}`, `key ${KEY}`, "config 96x60", `key ${KEY}`],
    ]);
  });

  test("keeps metadata, leaves out padding, and adds the size that the last unit may be without", () => {
    const metadata = "2a0201ff";
    const unsized = KEY.replace("3203", "30");
    expect(pushed(SEQUENCE + metadata + "7a0100" + unsized)).toEqual([
      ...["config 96x64", `key ${metadata} ${KEY}`],
    ]);
  });

  test("drops what is damaged, with the frames up to the next key frame", () => {
    const track = new Av1Track(bytes(SEQUENCE));
    const all = [KEY, "3209ff", INTER, `8${KEY.slice(1)}`, KEY, INTER];
    expect(told(all.flatMap((one, at) => track.push(bytes(one), at)))).toEqual([
      ...["config 96x64", `key ${KEY}`, `key ${KEY}`, `delta ${INTER}`],
    ]);
    expect(track.drops.take()).toMatchObject({
      damaged: 2,
      last: "AV1, byte 0: an OBU with obu_forbidden_bit set",
    });
    expect(track.droppedFrames).toBe(1);
  });

  test("of any bytes is packets or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        expect(new Av1Track(bytes(SEQUENCE)).push(data, 0).length).toBeLessThanOrEqual(2);
        expect(isResultOrCorrupt(() => new Av1Track(data))).toBe(true);
        expect(isResultOrCorrupt(() => av1CodecString(data))).toBe(true);
      }),
    );
  });
});
