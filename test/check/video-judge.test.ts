import { expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { VideoJudge } from "../../src/check/video-judge.ts";
import { packed, u } from "../media/bits.ts";
import { fromHex } from "./avc-editing.ts";
import { tagAt } from "./tag.ts";

const fourCc = (text: string) => Buffer.from(text).toString("hex");
const [av01, vp09, hvc1] = ["av01", "vp09", "hvc1"].map(fourCc);

/** A sequence header of profile 0, level 0, 64x64, without order hints (AV1 bitstream, 5.5.1), and a record with it. */
const sequence = packed(
  ...[u(3, 0), "0 0", "0 0", u(5, 0), u(12, 0), u(5, 0)], // one operating point
  ...[u(4, 5), u(4, 5), u(6, 63), u(6, 63), "0 000 0000 0 0 1 0 1 000", "0 0 0 0 00", "0 1"],
);
const sequenceObu = `0a${sequence.length.toString(16).padStart(2, "0")}${Buffer.from(sequence).toString("hex")}`;
const av1c = `81000c00${sequenceObu}`;
/** OBU_FRAME: show_existing_frame 0, frame_type KEY_FRAME or INTER_FRAME, show_frame 1. */
const [key, inter] = ["320110", "320130"];

/** What is found in video tags with these bodies. */
function judged(...bodies: readonly string[]) {
  const faults = new Faults();
  const video = new VideoJudge(faults);
  const facts = bodies.map((hex) => video.read(tagAt(0, { body: fromHex(hex) })));
  video.end();
  const ids = faults.all().map(({ id }) => id);
  return { ids: ids.filter((id) => id !== "enhanced-rtmp"), facts, codecName: video.codecName };
}

test.each([
  ["AV1", [`90 ${av01} ${av1c}`], []],
  ["AV1 without their sequence header", [`90 ${av01} 81000000`], ["av1-config-no-sequence-header"]],
  ["AV1 of another version", [`90 ${av01} 82000000`], ["av1-config-malformed"]],
  ["AV1 that are cut short", [`90 ${av01} 810000`], ["av1-config-malformed"]],
  ["VP9, which are not looked into", [`90 ${vp09} 01`], ["video-fourcc-rare"]],
  ["HEVC that are cut short", [`90 ${hvc1} 01`], ["hevc-config-malformed"]],
])("settings of %s", (_, bodies, ids) => {
  expect(judged(...bodies).ids).toEqual(ids);
});

test.each([
  ["AV1 without settings", [`91 ${av01} ${key}`], ["video-config-missing"]],
  ["AV1", [`90 ${av01} ${av1c}`, `91 ${av01} ${key}`, `a1 ${av01} ${inter}`], []],
  ["AV1 that is shown again", [`90 ${av01} ${av1c}`, `a1 ${av01} 320180`], []],
  ["AV1 with its header alone", [`90 ${av01} ${av1c}`, `91 ${av01} 1a0110 2201aa`], []],
  ["VP9 without settings", [`91 ${vp09} aa`], ["video-fourcc-rare"]],
  ["VP9 without data", [`91 ${vp09}`], ["video-fourcc-rare", "picture-empty"]],
  ["AV1 without data", [`90 ${av01} ${av1c}`, `91 ${av01}`], ["picture-empty"]],
  ["AV1 whose frame header is missing", [`90 ${av01} ${av1c}`, `91 ${av01} 3200`], ["av1-obu-malformed"]],
  ["HEVC whose settings could not be read", [`90 ${hvc1} 01`, `93 ${hvc1} aa`], ["hevc-config-malformed"]],
  ["HEVC of supplements alone", [`93 ${hvc1} 00000002 4e01`], ["picture-empty", "video-config-missing"]],
  ["HEVC with a slice", [`93 ${hvc1} 00000003 2601 a0`], ["video-config-missing"]],
])("a picture of %s", (_, bodies, ids) => {
  expect(judged(...bodies).ids.toSorted()).toEqual(ids.toSorted());
});

test("an inter frame behind an end is told of once, and a key frame there is none", () => {
  const [config, end] = [`90 ${av01} ${av1c}`, `92 ${av01}`];
  const [keyTag, interTag] = [`91 ${av01} ${key}`, `a1 ${av01} ${inter}`];
  expect(judged(config, keyTag, end, keyTag).ids).toEqual([]);
  expect(judged(config, end, interTag, interTag).ids).toEqual(["frames-after-end"]);
});

test("a picture has its facts, and a codec its name", () => {
  const { facts, codecName } = judged(...[`90 ${av01} ${av1c}`, `91 ${av01} ${key}`, `a1 ${av01} ${inter}`]);
  expect(facts.slice(1).map((frame) => frame?.isKey)).toEqual([true, false]);
  expect(facts[1]).toEqual({ isKey: true, compositionTimeMs: 0, hasBSlices: false, bytes: 3 });
  expect([codecName, judged("24 aa").codecName, judged().codecName]).toEqual([
    ...["av01.0.00M.08", "CodecID 4", null],
  ]);
  expect(judged(`93 ${hvc1} 00000002 2601`).codecName).toBe("hvc1");
});

test("another codec in mid-stream has settings of its own", () => {
  const { ids, codecName } = judged(`90 ${av01} ${av1c}`, `91 ${av01} ${key}`, "17 00 000000 01");
  expect([codecName, ids]).toEqual(["CodecID 7", ["avc-config-malformed", "video-config-changed"]]);
});
