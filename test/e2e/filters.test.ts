import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const film = folder.file("corner.mp4");

/** Black, and its left upper quarter white: 320x240, one second. */
beforeAll(async () => {
  await mustRun(
    ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:s=320x240:r=10:d=1"].concat([
      ...["-vf", "drawbox=w=160:h=120:color=white:t=fill", "-c:v", "libx264", "-pix_fmt", "yuv420p", film],
    ]),
  );
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

let seen = 0;

/** What a viewer gets: its size, and which quarters of it are white, line by line. */
async function watch(...args: readonly string[]): Promise<string> {
  const program = start(["--device", film, "--encoder", "libx264", ...args]);
  const viewer = new Viewer(await program.firstLine());
  await viewer.toTheEnd();
  expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
  const path = folder.file(`seen-${seen++}.flv`);
  writeFileSync(path, viewer.bytes);
  expect(await decodeComplaints(path)).toBe("");
  const [video] = await probeStreams(path);
  const { bytes } = await mustRun(
    ["ffmpeg", "-v", "error", "-i", path, "-vf", "scale=2:2:flags=area,format=gray"].concat([
      ...["-frames:v", "1", "-f", "rawvideo", "-"],
    ]),
  );
  const shown = [...bytes].map((grey) => (grey > 200 ? "W" : grey < 60 ? "-" : "?")).join("");
  return `${video?.width}x${video?.height} ${shown.slice(0, 2)}/${shown.slice(2)}`;
}

describe("a viewer gets the video", () => {
  it.concurrent.each<[string, string]>([
    ["--rotate 90", "240x320 -W/--"],
    ["--rotate 180", "320x240 --/-W"],
    ["--rotate 270", "240x320 --/W-"],
    ["--flip horizontal", "320x240 -W/--"],
    ["--flip vertical", "320x240 --/W-"],
    ["--crop 160x120+0+0", "160x120 WW/WW"],
    ["--crop 160x120", "160x120 W-/--"],
    ["--rotate 90 --crop 120x160+0+160 --video-filter negate --size 240x320", "240x320 WW/WW"],
  ])("as %s makes it", async (args, expected) => {
    expect(await watch(...args.split(" "))).toBe(expected);
  });

  it("with the time drawn onto it, in the left upper corner", async ({ skip }) => {
    const { exitCode, stderr } = await start(["--device", film, "--overlay-time", "--dry-run"]).ended;
    if (exitCode !== 0) {
      console.log(`skipped: the time on the video: ${stderr.trim()}`);
      return skip();
    }
    // Where it is drawn, white is no longer all white: its box is half as bright.
    expect(await watch("--overlay-time", "--crop", "160x24+0+0")).toMatch(/^160x24 \?/);
  });
});

/** A white bar on black that moves on with each field: where fields are shown together, its edges are combs. */
const MOVING_BAR = "color=black:s=352x288:r=50:d=1,geq=lum='235*between(mod(X-N*8,352),0,40)':cb=128:cr=128";

it.each([
  ["auto", { combed: 0, whole: 25 }],
  ["off", { combed: 25, whole: 0 }],
])("fields become whole frames with --deinterlace %s", async (when, expected) => {
  const fields = folder.file(`fields-${when}.ts`);
  await mustRun(
    ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", MOVING_BAR].concat([
      ...["-vf", "tinterlace=interleave_top,fieldorder=tff", "-pix_fmt", "yuv420p", "-c:v", "mpeg2video"],
      ...["-flags", "+ildct+ilme", "-b:v", "4M", "-r", "25", fields],
    ]),
  );
  const program = start(["--device", fields, "--encoder", "libx264", "--deinterlace", when]);
  const viewer = new Viewer(await program.firstLine());
  await viewer.toTheEnd();
  const path = folder.file(`fields-${when}.flv`);
  writeFileSync(path, viewer.bytes);
  const { stderr } = await mustRun(["ffmpeg", "-hide_banner", "-i", path, "-vf", "idet", "-f", "null", "-"]);
  const [, combed, whole] = /Multi frame detection: TFF: *(\d+).*Progressive: *(\d+)/.exec(stderr) ?? [];
  expect({ combed: Number(combed), whole: Number(whole) }).toEqual(expected);
});

const refused = (...args: readonly string[]) =>
  start(["--device", "test", "--encoder", "libx264", ...args]).ended;

it("a filter that ffmpeg does not know, or that does not fit, ends in one line", async () => {
  expect(await refused("--video-filter", "nosuch")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /^flvcast: test: ffmpeg does not accept --video-filter [^\n]*\(ffmpeg: No such filter: 'nosuch'\)\n$/,
    ),
  });
  expect(await refused("--crop", "2000x2000")).toMatchObject({
    exitCode: 2,
    stderr: "flvcast: --crop 2000x2000 does not fit into 1280x720; choose a smaller area\n",
  });
});
