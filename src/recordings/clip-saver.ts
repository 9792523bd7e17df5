import { join } from "node:path";
import { type ClipFile, piecesOf } from "./clip.ts";
import { DiskError } from "./disk.ts";
import { makeMp4 } from "./mp4.ts";
import type { RecordingDisk } from "./recording-disk.ts";
import { segmentPath } from "./segment-path.ts";

export type ClipDisk = Pick<RecordingDisk, "begin" | "space" | "move" | "remove">;

export interface ClipPlace {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** When it is saved, in milliseconds since 1970: this is in its name. */
  readonly nowMs: number;
  /** null: there is none, and the clip is saved as FLV. */
  readonly ffmpegPath: string | null;
  readonly signal: AbortSignal;
}

/** `garden-20261129T140500Z`, without a suffix, as segments are named. */
const PATH = "%name-%Y%m%dT%H%M%SZ";
/** A hundred times as long as it takes on a usual disk. */
const TIMEOUT_MS = 60_000;
/** No second has more of them: one is saved at a time. */
const MAX_COUNT = 99;

/**
 * Saves a clip, all file work being done by other processes. Resolves to the path of the file. @throws DiskError; UserError
 * where ffmpeg fails; AbortError by the signal
 */
export async function saveClip(clip: ClipFile, place: ClipPlace, disk: ClipDisk): Promise<string> {
  const { ffmpegPath, folder, name, nowMs, signal } = place;
  if (ffmpegPath === null) return await saveFlv(clip, place, disk);
  await disk.space(folder); // fails where there is no such folder, before ffmpeg does
  const stem = join(folder, segmentPath(PATH, name, nowMs, "utc"));
  let file = `${stem}.mp4`;
  await makeMp4(piecesOf(clip), {
    ...{ file, ffmpegPath, signal },
    disk: {
      move: async (part) => void (file = await moveToFree(part, stem, disk)),
      remove: (part) => disk.remove(part),
    },
    ...{ maxBytes: clip.bytes, timeoutMs: TIMEOUT_MS },
  });
  return file;
}

/** Another clip of the same second has its name already: the disk counts those of FLV itself. */
async function moveToFree(part: string, stem: string, disk: Pick<ClipDisk, "move">): Promise<string> {
  for (let count = 1; ; count++) {
    const file = `${stem}${count === 1 ? "" : `-${count}`}.mp4`;
    try {
      await disk.move(part, file);
      return file;
    } catch (error) {
      if (!(error instanceof DiskError && error.code === "EEXIST") || count === MAX_COUNT) throw error;
    }
  }
}

async function saveFlv(clip: ClipFile, { folder, name, nowMs }: ClipPlace, disk: ClipDisk): Promise<string> {
  const writer = disk.begin({ name, folder, path: PATH, timeZone: "utc" }, nowMs);
  const starts = [{ position: 0, timeMs: 0 }, ...clip.keyFrames];
  for (const [at, { position, timeMs: keyMs }] of starts.entries()) {
    let keyAt = at === 0 ? null : 0;
    for (const piece of piecesOf(clip, position, starts[at + 1]?.position ?? clip.bytes)) {
      await writer.append({ keyAt, keyMs, endMs: clip.durationMs }, [piece]);
      keyAt = null;
    }
  }
  const found = await writer.finish(clip.durationMs);
  if (found === null) throw writer.failure ?? new Error("a clip without a frame");
  return found.file;
}
