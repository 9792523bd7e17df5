import type { Camera } from "../device.ts";
import type { ListingContext } from "./platform.ts";

/** DirectShow drivers are slow to wake up. */
const LISTING_TIMEOUT_MS = 10_000;
const MAX_LINES = 2000;
const MAX_LINE_LENGTH = 2000;

/**
 * What ffmpeg says about an input that it only lists: an answer that always ends in an error, on stderr.
 * No lines where ffmpeg is not there or took too long.
 */
export async function askFfmpeg(
  { machine, ffmpegPath }: ListingContext,
  args: readonly string[],
): Promise<readonly string[]> {
  const ran = await machine.run(ffmpegPath, ["-hide_banner", "-nostdin", ...args], {
    timeoutMs: LISTING_TIMEOUT_MS,
  });
  return ran === null ? [] : ownLines(ran.stderr);
}

/** ffmpeg's lines without their `[dshow @ 000001f2…] `; since 2026 some of a listing's say `[in#0 @ …]` instead. */
export function ownLines(stderr: string): readonly string[] {
  return stderr
    .split(/\r?\n/, MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE_LENGTH).replace(/^\[[^\]@]* @ (?:0x)?[0-9a-f]+\] /i, ""));
}

/** Each entry with an id that no other has, of those that may be the same: the second `USB Camera` is `USB Camera #2`. */
export function withIds<Entry>(
  entries: readonly Entry[],
  idOf: (entry: Entry) => string,
): readonly (readonly [entry: Entry, id: string])[] {
  const ids = entries.map(idOf);
  return entries.map((entry, at) => {
    const id = idOf(entry);
    const nth = ids.slice(0, at + 1).filter((other) => other === id).length;
    return [entry, nth === 1 ? id : `${id} #${nth}`];
  });
}

/**
 * The physical id of a microphone: that of the one camera that it is built into; null where it is none's, or could be
 * any of several.
 */
export function physicalIdAmong(
  cameras: readonly Pick<Camera, "name" | "stableId" | "physicalId">[],
  isBuiltInto: (camera: Pick<Camera, "name" | "stableId">) => boolean,
): string | null {
  const [camera, another] = cameras.filter(isBuiltInto);
  return camera === undefined || another !== undefined ? null : camera.physicalId;
}
