import { expect, it } from "vitest";
import { defaultBitrateKbps } from "../../src/ffmpeg/encoder.ts";

it.each([
  [640, 360, 25, 750],
  [1280, 720, 30, 2500],
  [1920, 1080, 30, 4600],
  [1920, 1080, 60, 7700],
  [3840, 2160, 60, 20_000],
  [160, 120, 5, 300],
])("%ix%i at %i/s is given %i kbit/s when no bit rate is asked for", (width, height, fps, kbps) => {
  expect(defaultBitrateKbps({ width, height }, fps)).toBe(kbps);
});

it.each(["hevc", "av1"] as const)("%s is given less", (codec) => {
  expect(defaultBitrateKbps({ width: 1280, height: 720 }, 30, codec)).toBe(1750);
});
