import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileHeadBytes, readFileHead } from "../media/flv/file-metadata.ts";
import { checkInside, makeFolders, troubleOf } from "./disk-paths.ts";
import type { FoundFile, RequestTo } from "./disk-protocol.ts";
import { repairedFile } from "./disk-repair.ts";
import { O_NOFOLLOW } from "./disk-segment.ts";
import type { Walk } from "./disk-walks.ts";
import { KEPT_FOLDER, PART_SUFFIX, SUFFIX } from "./segment-path.ts";

interface Candidate {
  readonly file: string;
  readonly count: number;
  readonly isKept: boolean;
  readonly isPart: boolean;
}

/** Every segment of a stream, those repaired that something has cut off. Makes the folder; links are not followed. */
export function* scanned(
  { folder, under, source, depth }: RequestTo<"scan">,
  open: () => ReadonlySet<string>,
): Walk {
  makeFolders(folder);
  const pattern = new RegExp(source, "u");
  const start = join(folder, under);
  if (!isInside(folder, start)) return;
  for (const isKept of [false, true])
    for (const { relative, file } of filesBelow(isKept ? join(start, KEPT_FOLDER) : start, depth)) {
      const candidate = candidateOf(relative, file, pattern, isKept);
      if (candidate !== null && !open().has(file)) yield* found(candidate);
    }
}

/** A link may be what the files are below. */
function isInside(folder: string, start: string): boolean {
  try {
    checkInside(folder, join(start, KEPT_FOLDER));
    return true;
  } catch (error) {
    if (troubleOf(error).code === "ELOOP") return false;
    throw error;
  }
}

function* found(candidate: Candidate): Walk {
  try {
    const known = candidate.isPart ? null : headOf(candidate);
    if (known !== null) yield known;
    else for (const file of repairedFile(candidate.file, candidate.count)) yield named(file, candidate);
  } catch (error) {
    // one that is deleted meanwhile, or may not be read, does not hide the others
    if ((error as NodeJS.ErrnoException).code === undefined) throw error; // node's own
    yield null;
  }
}

const named = (file: FoundFile | null, { isKept }: Candidate) => file && { ...file, isKept };

function candidateOf(relative: string, file: string, pattern: RegExp, isKept: boolean): Candidate | null {
  const isPart = relative.endsWith(PART_SUFFIX);
  if (!isPart && !relative.endsWith(SUFFIX)) return null;
  const match = pattern.exec(relative.slice(0, isPart ? -PART_SUFFIX.length : -SUFFIX.length));
  return match === null ? null : { file, count: Number(match[1] ?? 1), isKept, isPart };
}

/** Of a file that is done; null where its index does not fit it. */
function headOf({ file, count, isKept }: Candidate): FoundFile | null {
  const fd = openSync(file, constants.O_RDONLY | O_NOFOLLOW);
  try {
    const bytes = Buffer.allocUnsafe(fileHeadBytes);
    const head = readFileHead(bytes.subarray(0, readSync(fd, bytes)));
    const { size, mtimeMs } = fstatSync(fd);
    if (head?.fileBytes !== size) return null;
    const { startMs, durationMs, isRepaired } = head;
    const modifiedMs = Math.round(mtimeMs);
    return { file, count, isKept, startMs, durationMs, bytes: size, modifiedMs, isRepaired };
  } finally {
    closeSync(fd);
  }
}

interface Found {
  /** With slashes. */
  readonly relative: string;
  readonly file: string;
}

/** Files that are so many folders deep, by name. */
function* filesBelow(folder: string, depth: number, relative = ""): Generator<Found> {
  for (const entry of entriesOf(folder)) {
    const [file, path] = [join(folder, entry.name), relative + entry.name];
    if (depth === 0 && entry.isFile()) yield { relative: path, file };
    if (depth > 0 && entry.isDirectory()) yield* filesBelow(file, depth - 1, `${path}/`);
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node's own
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
