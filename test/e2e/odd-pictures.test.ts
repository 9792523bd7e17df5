import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { mustRun } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { probeStreams } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

const ffmpeg = async (...args: readonly string[]) =>
  mustRun(["ffmpeg", "-nostdin", "-v", "error", "-y", ...args]);

/** Seconds of white in H.264, in any size or pixel format. */
async function white(name: string, size: string, ...coding: readonly string[]): Promise<string> {
  const path = folder.file(name);
  const source = ["-f", "lavfi", "-i", `color=white:s=${size}:r=25:d=3`];
  await ffmpeg(...source, "-c:v", "libx264", "-bf", "0", "-g", "25", ...coding, path);
  return path;
}

/** Until it is all there; a stream of a file begins with its first key frame that is read. */
async function watch(path: string, ...flags: readonly string[]) {
  const program = start(["--device", path, ...flags]);
  const viewer = new Viewer(await program.firstLine());
  const recording = await viewer.toTheEnd();
  const { exitCode, stderr } = await program.ended;
  const seen = folder.file(`${crypto.randomUUID()}.flv`);
  writeFileSync(seen, viewer.bytes);
  return { recording, seen, exitCode, stderr };
}

/** How bright the last picture is in an area of 16x16 pixels, from 16 to 235. */
async function brightness(path: string, area: string): Promise<number> {
  const last = folder.file(`${crypto.randomUUID()}.gray`);
  const filter = `crop=16:16:${area},scale=1:1:flags=area`;
  await ffmpeg("-i", path, "-vf", filter, "-pix_fmt", "gray", "-f", "rawvideo", "-update", "1", last);
  const { stdout } = await mustRun(["od", "-An", "-tu1", "-v", last]);
  return Number(stdout.trim().split(/\s+/).at(-1));
}

const TOP = "(iw-16)/2:0";
const LEFT = "0:(ih-16)/2";

describe("a video that changes its size in mid-stream keeps its shape", () => {
  it.concurrent.each([
    { next: "640x240", bars: TOP, none: LEFT },
    { next: "240x640", bars: LEFT, none: TOP },
    { next: "160x120", bars: null, none: TOP },
  ])("320x240, then $next", async ({ next, bars, none }) => {
    const first = await white(`first-${next}.ts`, "320x240", "-pix_fmt", "yuv420p");
    const second = await white(`second-${next}.ts`, next, "-pix_fmt", "yuv420p", "-output_ts_offset", "3");
    const both = folder.file(`both-${next}.ts`);
    await ffmpeg("-i", `concat:${first}|${second}`, "-c", "copy", both);
    const { seen, exitCode, stderr } = await watch(both);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await probeStreams(seen)).toContainEqual(expect.objectContaining({ width: 320, height: 240 }));
    expect(await brightness(seen, none)).toBeGreaterThan(200);
    expect(bars === null ? 16 : await brightness(seen, bars)).toBeLessThan(30);
  });
});

/** A video whose container says that it is to be turned by 90°. */
const turned = async (name: string) => {
  const upright = await white(`upright-${name}`, "320x240", "-pix_fmt", "yuv420p");
  await ffmpeg("-i", upright, "-c", "copy", "-metadata:s:v", "rotate=90", folder.file(name));
  return folder.file(name);
};

describe("a video that is to be shown turned", () => {
  it.concurrent("is turned where it is encoded, and fills its frame", async () => {
    const { recording, seen, stderr } = await watch(await turned("turned.mp4"));
    expect(stderr).toBe("");
    expect(recording.metadata).toMatchObject({ width: 240, height: 320 });
    expect(await brightness(seen, TOP)).toBeGreaterThan(200);
    expect(await brightness(seen, LEFT)).toBeGreaterThan(200);
  });

  it.concurrent("is passed through with a line that says how players show it", async () => {
    const { recording, stderr } = await watch(await turned("copied.mp4"), "--copy");
    expect(recording.metadata).toMatchObject({ width: 320, height: 240 });
    expect(stderr).toMatch(/^flvcast: \S+copied\.mp4 has a rotation of 90° in its metadata, [^\n]+\n$/);
  });
});

it.concurrent.each([
  { format: "yuv422p", says: "4:2:2" },
  { format: "yuv420p10le", says: "4:2:0 with 10 bits" },
])("--copy of $format says which players play it, once", async ({ format, says }) => {
  const path = await white(`${format}.mp4`, "320x240", "-pix_fmt", format);
  const { exitCode, stderr } = await watch(path, "--copy");
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(new RegExp(`^flvcast: the video is ${says}, which [^\\n]+\\n$`));
});
