import { expect, it } from "vitest";
import type { Encoder } from "../../src/ffmpeg/encoder.ts";
import { encoders } from "../../src/ffmpeg/encoder-table.ts";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { footageFile } from "../players/footage.ts";
import { mustRun } from "../run.ts";
import { decoded } from "./latency.ts";
import { printTable } from "./numbers.ts";
import { type EncoderResult, measureEncoder } from "./video-encoders.ts";
import type { Picture } from "./way.ts";

const seconds = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 8);
/** Of the footage, over and over. */
const FOOTAGE_S = 4;

const pictures: readonly Picture[] = [
  { width: 640, height: 360, fps: 30, bitrateKbps: 500 },
  { width: 1280, height: 720, fps: 30, bitrateKbps: 1500 },
];
const software = encoders.filter(({ hardware }) => hardware.kind === "none");

it.each(pictures)("each software encoder at $width x $height", async (picture) => {
  const { width, height, fps, bitrateKbps } = picture;
  const scaled = `crop=iw:iw*9/16,scale=${width}:${height},fps=${fps}`;
  const frames = await decoded(["-i", await footageFile(), "-vf", scaled], picture, FOOTAGE_S * fps);
  const rows: Record<string, EncoderResult & { readonly "CPU to x264's": number }> = {};
  for (const ffmpeg of findFfmpegs()) {
    const { stdout } = await mustRun([ffmpeg, "-version"]);
    const version = /^ffmpeg version n?(\d+\.\d+)/.exec(stdout)?.[1] ?? "";
    const { stdout: listed } = await mustRun([ffmpeg, "-hide_banner", "-encoders"]);
    let x264Cpu = Number.NaN;
    for (const encoder of software.filter(({ name }) => listed.includes(` ${name} `))) {
      const result = await measureEncoder(ffmpeg, chosen(encoder), picture, frames, seconds);
      expect(result["CPU %"]).toBeGreaterThan(0);
      if (encoder.name === "libx264") x264Cpu = result["CPU %"];
      rows[`${encoder.name}, ffmpeg ${version}`] = { ...result, "CPU to x264's": result["CPU %"] / x264Cpu };
    }
  }
  printTable(
    `${width}x${height} at ${fps}/s, ${bitrateKbps} kbit/s, footage of a web cam, ${seconds} s each`,
    rows,
  );
});

const chosen = (encoder: Encoder) =>
  ({
    encoder,
    node: null,
    profile: encoder.codec === "h264" ? "high" : "main",
    forcesKeyFrames: true,
  }) as const;
