import { describe, expect, it } from "vitest";
import { textImage } from "../../src/devices/pixel-font.ts";
import { layOut } from "../../src/devices/test-card-layout.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { mustRun } from "../run.ts";
import { findFfmpegs } from "./ffmpegs.ts";

const SIZE = { width: 320, height: 180 };
const FPS = 30;
const card = layOut({ ...SIZE, fps: FPS });
const frameBytes = SIZE.width * SIZE.height;

/** The luma of the card's frames, as they come without waiting. */
async function frames(ffmpeg: string, count: number): Promise<readonly Uint8Array[]> {
  const { url } = testSource({ wanted: { video: true, audio: false }, size: SIZE, fps: FPS });
  const { bytes } = await mustRun([
    ...[ffmpeg, "-v", "error", "-f", "lavfi", "-i", url, "-frames:v", String(count)],
    ...["-vf", "format=gray", "-f", "rawvideo", "-"],
  ]);
  expect(bytes).toHaveLength(count * frameBytes);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * frameBytes, (at + 1) * frameBytes));
}

const luma = (frame: Uint8Array | undefined, x: number, y: number) => frame?.[y * SIZE.width + x] ?? -1;

/** Reads `cells` characters of a line by comparing them with the glyphs of the digits. */
function read(frame: Uint8Array | undefined, line: typeof card.clock, cells: number): string {
  return Array.from({ length: cells }, (_, at) => {
    const seen = pixels((x, y) =>
      luma(frame, line.x + (at * 6 + x) * line.scale, line.y + y * line.scale) > 120 ? "#" : ".",
    );
    return Array.from("0123456789:").find((character) => glyph(character) === seen) ?? "?";
  }).join("");
}

function glyph(character: string): string {
  const image = Buffer.from(textImage([character]).split(",")[1] ?? "", "base64").subarray(
    "P4\n6 8\n".length,
  );
  return pixels((x, y) => (((image[y] ?? 0) >> (7 - x)) & 1 ? "." : "#"));
}

const pixels = (at: (x: number, y: number) => string) =>
  Array.from({ length: 48 }, (_, index) => at(index % 6, Math.floor(index / 6))).join("");

describe.each(findFfmpegs())("the test card, drawn by %s", (ffmpeg) => {
  it("counts its frames, tells the time, and flashes and sweeps once a second", async () => {
    const before = Math.floor(Date.now() / 1000);
    const shown = await frames(ffmpeg, 64);
    const after = Math.floor(Date.now() / 1000);
    expect(shown.map((frame) => Number(read(frame, card.counter, 6)))).toEqual(shown.map((_, at) => at));

    const clocks = new Set(shown.map((frame) => read(frame, card.clock, 8)));
    const possible = Array.from({ length: after - before + 1 }, (_, at) =>
      new Date((before + at) * 1000).toTimeString().slice(0, 8),
    );
    // Between two digits the second may change, once in ten thousand frames.
    expect([...clocks].filter((clock) => !possible.includes(clock)).length).toBeLessThanOrEqual(1);
    expect(possible).toContain([...clocks].at(-1));

    const { box, mark } = card;
    const isFlash = (frame: Uint8Array) => luma(frame, box.x + box.width / 2, box.y + box.height / 2) > 200;
    const flashes = shown.flatMap((frame, at) => (isFlash(frame) ? [at] : []));
    expect(flashes).toEqual([0, 1, 2, 30, 31, 32, 60, 61, 62]);

    const markX = shown.map((frame) =>
      Array.from({ length: SIZE.width }, (_, x) => x).find((x) => luma(frame, x, mark.y) > 100),
    );
    for (const [at, x] of markX.entries())
      expect(Math.abs((x ?? -99) - ((at % FPS) / FPS) * (SIZE.width - mark.width))).toBeLessThanOrEqual(2);
  });

  it.each([
    [1280, 720, 30],
    [720, 1280, 29.97],
    [160, 120, 10],
    [34, 18, 5],
  ])("is drawn at %i x %i, %d fps, and complains of nothing", async (width, height, fps) => {
    const { url } = testSource({ wanted: { video: true, audio: true }, size: { width, height }, fps });
    const { stderr } = await mustRun([
      ...[ffmpeg, "-v", "warning", "-f", "lavfi", "-i", url, "-frames:v", "3", "-f", "null", "-"],
    ]);
    expect(stderr).toBe("");
  });
});
