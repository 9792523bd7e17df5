import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/*
 * What V8 has compiled of the program, from one run to the next: a start without it takes a quarter longer. It is no more than a
 * cache: whatever is wrong with a file of it, the program is compiled anew.
 */

/** A CRC-32 of the rest stands in front: V8 itself does not look for what a power cut has left. */
const HEAD_BYTES = 4;
/** Bytes: of what it keeps, V8 needs about 1.5 MB. */
const MAX_BYTES = 20e6;

export interface CodeCacheFile {
  readonly folder: string;
  /** What is kept apart: each command compiles other parts of the program. */
  readonly command: string;
  /** All that the code hangs on, as far as V8 does not look at it itself. */
  readonly key: string;
}

/** What was compiled earlier; undefined where there is nothing, or nothing to be trusted. */
export function readCodeCache(file: CodeCacheFile): Buffer | undefined {
  try {
    const descriptor = openSync(pathOf(file), "r");
    try {
      const { uid, mode, size } = fstatSync(descriptor);
      // It is run: nobody else may have written it (sudo keeps the user's home).
      const isOurs = process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
      if (!isOurs || size > MAX_BYTES) return undefined;
      const bytes = readFileSync(descriptor);
      const code = bytes.subarray(HEAD_BYTES);
      return bytes.length > HEAD_BYTES && bytes.readUInt32LE(0) === crc32(code) ? code : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Keeps it for the next run, in the place of what other versions have left. Where that cannot be, it is done without. */
export async function writeCodeCache(file: CodeCacheFile, code: Buffer): Promise<void> {
  const { folder, command } = file;
  const path = pathOf(file);
  const temporary = `${path}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name.startsWith(`${command}-`)) await rm(join(folder, name), { force: true });
    }
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(crc32(code));
    await writeFile(temporary, Buffer.concat([head, code]), { mode: 0o600 });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined); // where its folder is none, there is nothing to remove
  }
}

function pathOf({ folder, command, key }: CodeCacheFile): string {
  return join(folder, `${command}-${key}.code`);
}
