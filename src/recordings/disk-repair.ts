import { closeSync, constants, openSync, readSync } from "node:fs";
import { readMetadataTag } from "../media/flv/file-metadata.ts";
import { FileScanner } from "../media/flv/file-scanner.ts";
import { checkInside } from "./disk-paths.ts";
import type { RequestTo } from "./disk-protocol.ts";
import { DiskSegment, O_NOFOLLOW } from "./disk-segment.ts";
import type { Walk } from "./disk-walks.ts";

const READ_BYTES = 1024 * 1024;

/** A file whose writer was ended: cut after its last whole tag, indexed and, if need be, renamed. */
export function* repaired({ folder, file }: RequestTo<"repair">, open: () => ReadonlySet<string>): Walk {
  checkInside(folder, file);
  if (!open().has(file)) yield* repairedFile(file, 1);
}

/** What does not begin as ours do is left as it is. */
export function* repairedFile(file: string, count: number): Walk {
  const fd = openSync(file, constants.O_RDWR | O_NOFOLLOW);
  const scanner = new FileScanner();
  let isTaken = false;
  try {
    const bytes = yield* readThrough(fd, scanner);
    isTaken = scanner.metadata === null ? bytes === 0 : !isForeign(scanner); // with nothing in it, it was just begun
  } finally {
    if (!isTaken) closeSync(fd);
  }
  if (!isTaken) return;
  const segment = new DiskSegment(fd, file, count, scanner);
  try {
    segment.cut();
    yield segment.finish(null, true);
  } finally {
    segment.close();
  }
}

/** Returns how many bytes there were. */
function* readThrough(fd: number, scanner: FileScanner): Generator<null, number> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let at = 0; ; yield null) {
    const bytes = readSync(fd, buffer, 0, READ_BYTES, at);
    scanner.push(buffer.subarray(0, bytes));
    at += bytes;
    if (bytes === 0 || scanner.isBroken || isForeign(scanner)) return at;
  }
}

function isForeign({ metadata }: FileScanner): boolean {
  return metadata !== null && readMetadataTag(metadata) === null;
}
