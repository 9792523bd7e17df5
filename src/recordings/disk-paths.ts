import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { Trouble } from "./disk-protocol.ts";

/** A failure with a code of the system. */
export function refusal(code: string, path: string): Error {
  return Object.assign(new Error(code), { code, path });
}

/** @throws what is no failure of the disk */
export function troubleOf(error: unknown): Trouble {
  const { code, path } = error as NodeJS.ErrnoException; // node's own, or a refusal of ours
  if (code === undefined || code.startsWith("ERR_")) throw error;
  return { code, path: path ?? null };
}

/** Throws unless the file's folder, or as much of it as there is, is inside: links may lead anywhere. */
export function checkInside(folder: string, file: string): void {
  const root = realpathSync(folder);
  const parent = realpathSync(nearest(dirname(file)));
  if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) throw refusal("EACCES", file);
  if (parent !== root && !parent.startsWith(root.endsWith(sep) ? root : root + sep))
    throw refusal("ELOOP", file);
}

/** The folder itself, or the first one above it that is there. */
function nearest(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) return at;
    if (at === dirname(at)) return at;
  }
}

/** Folders that are not there yet. Node's own `recursive` says ENOENT of a file system that is read-only. */
export function makeFolders(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node's own
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || folder === dirname(folder)) throw error;
    makeFolders(dirname(folder));
    mkdirSync(folder);
  }
}
