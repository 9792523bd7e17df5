import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import type { DiskSpace } from "./disk.ts";
import { checkInside, makeFolders, refusal } from "./disk-paths.ts";
import type { RequestTo } from "./disk-protocol.ts";
import { O_NOFOLLOW } from "./disk-segment.ts";
import { MP4_PART, PART_SUFFIX, SUFFIX } from "./segment-path.ts";

/** Fewer at the end of the file. */
export function readBytes({ folder, file, start, length }: RequestTo<"read">): Uint8Array {
  checkInside(folder, file);
  const fd = openSync(file, constants.O_RDONLY | O_NOFOLLOW);
  try {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, start));
  } finally {
    closeSync(fd);
  }
}

/** Also the folders that this leaves empty. */
export function removeFile({ folder, file }: RequestTo<"remove">): void {
  checkOurs(folder, file);
  unlinkSync(file);
  removeEmpty(folder, dirname(file));
}

export function moveFile({ folder, file, to }: RequestTo<"move">): void {
  checkOurs(folder, file);
  checkInside(folder, to);
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw refusal("EEXIST", to);
  makeFolders(dirname(to));
  renameSync(file, to);
  removeEmpty(folder, dirname(file));
}

export function spaceOf({ folder }: RequestTo<"space">): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** A recording's file, or what `makeMp4` has made, and no link. */
function checkOurs(folder: string, file: string): void {
  checkInside(folder, file);
  const hasSuffix = file.endsWith(SUFFIX) || file.endsWith(PART_SUFFIX) || MP4_PART.test(file);
  if (!hasSuffix || !lstatSync(file).isFile()) throw refusal("EACCES", file);
}

function removeEmpty(folder: string, from: string): void {
  try {
    for (let at = from; at !== folder && at.startsWith(folder); at = dirname(at)) rmdirSync(at);
  } catch {
    // there is something in it
  }
}
