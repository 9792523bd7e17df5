import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ClipFile } from "../../src/recordings/clip.ts";
import { type ClipDisk, saveClip } from "../../src/recordings/clip-saver.ts";
import { DiskError } from "../../src/recordings/disk.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-clip-saver-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const NOW_MS = Date.UTC(2026, 10, 29, 14, 5);

const someClip: ClipFile = {
  parts: ["FLV", "key 1", "delta", "key 2"].map((text) => Buffer.from(text)),
  ...{ bytes: 18, durationMs: 4000, startMs: 0 },
  keyFrames: [
    { position: 3, timeMs: 0 },
    { position: 13, timeMs: 2000 },
  ],
};

const film = (bytes: Uint8Array): ClipFile => ({ ...someClip, parts: [bytes], bytes: bytes.length });

/** The disk of this machine, for MP4 files. */
const disk: ClipDisk = {
  begin: () => {
    throw new Error("not for MP4");
  },
  space: async () => ({ freeBytes: 1, totalBytes: 1 }),
  move: rename,
  remove: (file) => rm(file),
};

/** As the disk of recordings does. */
async function moveOverNone(from: string, to: string): Promise<void> {
  if (existsSync(to)) throw new DiskError("EEXIST", `${to}: exists already`);
  await rename(from, to);
}

const place = (ffmpegPath: string | null) => ({
  ...{ name: "garden", folder, nowMs: NOW_MS, ffmpegPath, signal: new AbortController().signal },
});

it("a clip is saved as MP4, under the stream's name and the time", async () => {
  const ffmpegPath = join(folder, "ffmpeg");
  writeFileSync(ffmpegPath, '#!/bin/sh\nfor last; do file=${last#file:}; done\ncat > "$file"\n');
  chmodSync(ffmpegPath, 0o755);
  const clip = film(readFileSync(new URL("../fixtures/flv/clean.flv", import.meta.url)));
  expect(await saveClip(clip, place(ffmpegPath), disk)).toBe(join(folder, "garden-20261129T140500Z.mp4"));
  expect(readdirSync(folder).toSorted()).toEqual(["ffmpeg", "garden-20261129T140500Z.mp4"]);
  const made = readFileSync(join(folder, "garden-20261129T140500Z.mp4"));
  expect(made.toString("latin1", 4, 12)).toBe("ftypisom");
});

it("a second clip of the same second is counted, and takes nothing from the first", async () => {
  const ffmpegPath = join(folder, "ffmpeg");
  writeFileSync(ffmpegPath, '#!/bin/sh\nfor last; do file=${last#file:}; done\ncat > "$file"\n');
  chmodSync(ffmpegPath, 0o755);
  const clip = film(readFileSync(new URL("../fixtures/flv/clean.flv", import.meta.url)));
  const first = join(folder, "garden-20261129T140500Z.mp4");
  writeFileSync(first, "the first");
  const second = await saveClip(clip, place(ffmpegPath), { ...disk, move: moveOverNone });
  expect(second).toBe(join(folder, "garden-20261129T140500Z-2.mp4"));
  expect(readFileSync(first, "utf8")).toBe("the first");
  expect(readdirSync(folder)).toHaveLength(3);
});

it("a folder that cannot be used is heard of before ffmpeg is started", async () => {
  const gone = { ...disk, space: () => Promise.reject(new DiskError("ENOENT", "/gone: does not exist")) };
  await expect(saveClip(someClip, place("/no/ffmpeg"), gone)).rejects.toThrow("/gone: does not exist");
});

it("without ffmpeg, a clip is written as FLV with its index", async () => {
  const written: string[] = [];
  const writer = {
    failure: null,
    append: ({ keyAt, keyMs }: { keyAt: number | null; keyMs: number }, [bytes]: readonly Uint8Array[]) =>
      void written.push(`${keyAt} ${keyMs} ${Buffer.from(bytes ?? []).toString()}`),
    finish: async (durationMs: number) => ({ file: `/clips/${durationMs}.flv` }),
  };
  const begun: unknown[] = [];
  const begin = (...asked: unknown[]) => {
    begun.push(...asked);
    return writer as unknown as ReturnType<ClipDisk["begin"]>; // as much of it as is used
  };
  expect(await saveClip(someClip, place(null), { ...disk, begin })).toBe("/clips/4000.flv");
  expect(begun).toEqual([{ name: "garden", folder, path: "%name-%Y%m%dT%H%M%SZ", timeZone: "utc" }, NOW_MS]);
  expect(written).toEqual(["null 0 FLV", "0 0 key 1delta", "0 2000 key 2"]);
});
