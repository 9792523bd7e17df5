import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { readVideo } from "../../src/check/video-message.ts";
import { fromHex } from "./avc-editing.ts";
import { tagAt } from "./tag.ts";

const fourCc = (text: string) => Buffer.from(text).toString("hex");
const [hvc1, av01, vp09, avc1] = ["hvc1", "av01", "vp09", "avc1"].map(fourCc);

/** What a video tag with this body says, and what is found in it. */
function read(hex: string) {
  const faults = new Faults();
  const message = readVideo(tagAt(0, { body: fromHex(hex) }), faults);
  const found = faults.all().map(({ id, detail }) => `${id}: ${detail}`);
  if (message === null) return { kind: null, found };
  const { kind, codec, head } = message;
  return { kind, codec, ...head, data: kind === "end" ? null : message.data.toString("hex"), found };
}

describe("a video tag of FLV 10.1", () => {
  test.each<[string, object]>([
    ["17 00 000000 0164", { kind: "config", codec: "h264", frameType: 1, codecId: 7, data: "0164" }],
    ["27 01 000050 aabb", { kind: "frame", frameType: 2, compositionTimeMs: 80, data: "aabb" }],
    ["17 01 ffffff", { kind: "frame", compositionTimeMs: -1, data: "" }],
    ["17 02 000000", { kind: "end", codec: "h264" }],
    ["57 00", { kind: null }],
    ["51", { kind: null }],
  ])("of %s is read", (hex, message) => {
    expect(read(hex)).toMatchObject({ ...message, found: [] });
  });

  test.each<[string, string | null, string[]]>([
    ["17 03 000000", null, ["avc-packet-type: 3, expected 0, 1 or 2"]],
    ["17 01 0000", null, ["video-tag-short: 4 bytes, expected 5 or more"]],
    ["1c 01 000000 aa", "hevc", ["video-codec-hevc-12: CodecID 12"]],
    ["37 01 000000 aa", "h264", ["video-frame-type: 3, expected 1 (key) or 2 (inter)"]],
    ["1d 01 000000 aa", "av1", ["video-codec-av1-13: CodecID 13"]],
    ["24 aa", "other", ["video-codec-old: CodecID 4, VP6"]],
    ["44 aa", "other", ["video-codec-old: CodecID 4, VP6"]],
    ["04 aa", "other", ["video-codec-old: CodecID 4, VP6", "video-frame-type: 0, expected 1 to 5"]],
    ["64 aa", "other", ["video-codec-old: CodecID 4, VP6", "video-frame-type: 6, expected 1 to 5"]],
    ["1f aa", "other", ["video-codec-unknown: CodecID 15"]],
    ["10 aa", "other", ["video-codec-unknown: CodecID 0"]],
  ])("of %s is %j, and told of", (hex, codec, found) => {
    const message = read(hex);
    expect("codec" in message ? message.codec : null).toBe(codec);
    expect(message.found.toSorted()).toEqual(found.toSorted());
    expect(message.kind).toBe(codec === null ? null : "frame");
  });
});

const EX = "enhanced-rtmp: a video tag with IsExHeader";
const MOD_EX = "ex-modifier: packet type 7";

describe("a video tag of Enhanced RTMP", () => {
  test.each<[string, object]>([
    [`90 ${hvc1} 01`, { kind: "config", codec: "hevc", frameType: 1, codecId: "hvc1", data: "01" }],
    [`a1 ${hvc1} 000050 aa`, { kind: "frame", frameType: 2, compositionTimeMs: 80, data: "aa" }],
    [`91 ${hvc1} 000000`, { kind: "frame", compositionTimeMs: 0, data: "" }],
    [`93 ${hvc1} 000050 aa`, { kind: "frame", compositionTimeMs: 0, data: "000050aa" }],
    [`91 ${av01} 000050 aa`, { kind: "frame", codec: "av1", compositionTimeMs: 0, data: "000050aa" }],
    [`92 ${hvc1}`, { kind: "end", codec: "hevc" }],
    ["d1 77686174", { kind: null }], // a command has no FourCC
  ])("of %s is read", (hex, message) => {
    expect(read(hex)).toMatchObject({ ...message, found: [EX] });
  });

  test.each<[string, string | null, string]>([
    [`90 ${vp09} 01`, "config", "video-fourcc-rare: vp09"],
    [`91 ${avc1} 000000 01`, "frame", "video-fourcc-avc1: avc1, expected CodecID 7"],
    [`93 ${avc1} 01`, "frame", "video-fourcc-avc1: avc1, expected CodecID 7"],
    [`93 ${av01} 01`, "frame", "video-coded-frames-x: av01, expected VideoPacketType 1"],
    [`94 ${hvc1} aa`, null, "video-ex-metadata: VideoPacketType 4, 1 bytes"],
    [`d4 ${hvc1}`, null, "video-ex-metadata: VideoPacketType 4, 0 bytes"],
    [`95 ${av01} aa`, null, "video-mpeg2-ts-start: VideoPacketType 5"],
    ["96 00 77686174", null, "ex-multitrack: packet type 6"],
  ])("of %s is %j, and told of: %s", (hex, kind, found) => {
    const message = read(hex);
    expect(message.kind).toBe(kind);
    expect(message.found.filter((one) => one !== EX)).toEqual([found]);
  });

  test.each([
    [`98 ${hvc1}`, "video-ex-packet-type: 8, expected 0 to 7"],
    ["91 687663", "video-tag-short: 4 bytes, expected 5 or more"],
    [`91 ${hvc1} 0000`, "video-tag-short: 7 bytes, expected 8 or more"],
    ["91 77686174", 'video-fourcc-unknown: "what"'],
    ["d4 77686174", 'video-fourcc-unknown: "what"'],
    ["97", "video-tag-short: 1 bytes, expected 2 or more"],
    ["97 00 aa", "video-tag-short: 3 bytes, expected 4 or more"],
    ["97 ff 00", "video-tag-short: 3 bytes, expected 4 or more"],
    ["97 ff 0000 aa", "video-tag-short: 5 bytes, expected 6 or more"],
    ["97 ff 0001 aa 01", "video-tag-short: 6 bytes, expected 7 or more"],
  ])("of %s is none, and told of: %s", (hex, found) => {
    const message = read(hex);
    expect(message.kind).toBeNull();
    expect(message.found.filter((one) => one !== EX && one !== MOD_EX)).toEqual([found]);
  });

  const rest = `${hvc1} 000050 dd`;
  test.each([
    ["of one byte", `97 00 aa 01 ${rest}`],
    ["of three bytes", `97 02 aabbcc 01 ${rest}`],
    ["whose type stands in the high bits", `97 00 aa 31 ${rest}`],
    ["behind another", `97 00 aa 07 01 bbcc 01 ${rest}`],
    ["of 255 bytes", `97 fe ${"aa".repeat(255)} 01 ${rest}`],
    ["of a byte, with a long size", `97 ff 0000 aa 01 ${rest}`],
    ["of 257 bytes", `97 ff 0100 ${"aa".repeat(257)} 01 ${rest}`],
  ])("may have a modifier %s", (_, hex) => {
    const message = { kind: "frame", codec: "hevc", compositionTimeMs: 80, data: "dd" };
    expect(read(hex)).toMatchObject({ ...message, found: [MOD_EX, EX] });
  });
});
