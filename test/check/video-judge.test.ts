import { expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { VideoJudge } from "../../src/check/video-judge.ts";
import { fromHex } from "./avc-editing.ts";
import { tagAt } from "./tag.ts";

const fourCc = (text: string) => Buffer.from(text).toString("hex");
const [av01, vp09, hvc1] = ["av01", "vp09", "hvc1"].map(fourCc);

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
  ["AV1", [`90 ${av01} 81000000`], []],
  ["AV1 of another version", [`90 ${av01} 82000000`], ["av1-config-malformed"]],
  ["AV1 that are cut short", [`90 ${av01} 810000`], ["av1-config-malformed"]],
  ["VP9, which are not looked into", [`90 ${vp09} 01`], []],
  ["HEVC that are cut short", [`90 ${hvc1} 01`], ["hevc-config-malformed"]],
])("settings of %s", (_, bodies, ids) => {
  expect(judged(...bodies).ids).toEqual(ids);
});

test.each([
  ["AV1 without settings", [`91 ${av01} aa`], ["video-config-missing"]],
  ["VP9 without settings", [`91 ${vp09} aa`], []],
  ["AV1 without data", [`90 ${av01} 81000000`, `91 ${av01}`], ["picture-empty"]],
  ["HEVC whose settings could not be read", [`90 ${hvc1} 01`, `93 ${hvc1} aa`], ["hevc-config-malformed"]],
  ["HEVC of supplements alone", [`93 ${hvc1} 00000002 4e01`], ["picture-empty", "video-config-missing"]],
  ["HEVC with a slice", [`93 ${hvc1} 00000002 2601`], ["video-config-missing"]],
])("a picture of %s", (_, bodies, ids) => {
  expect(judged(...bodies).ids.toSorted()).toEqual(ids.toSorted());
});

test("an inter frame behind an end is told of once, and a key frame there is none", () => {
  const [config, end] = [`90 ${av01} 81000000`, `92 ${av01}`];
  expect(judged(config, `91 ${av01} aa`, end, `91 ${av01} aa`).ids).toEqual([]);
  expect(judged(config, end, `a1 ${av01} aa`, `a1 ${av01} aa`).ids).toEqual(["frames-after-end"]);
});

test("a picture has its facts, and a codec its name", () => {
  const { facts, codecName } = judged(`90 ${av01} 81000000`, `91 ${av01} aabb`, `a1 ${av01} aa`);
  const rest = { compositionTimeMs: 0, hasBSlices: false };
  expect(facts).toEqual([null, { ...rest, isKey: true, bytes: 2 }, { ...rest, isKey: false, bytes: 1 }]);
  expect([codecName, judged("24 aa").codecName, judged().codecName]).toEqual(["av01", "CodecID 4", null]);
});
