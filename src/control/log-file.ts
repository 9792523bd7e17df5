import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** When a log is put aside as the old one, of which there is one. */
const MAX_LOG_BYTES = 1024 * 1024;
const CHECK_EVERY_MS = 1000;
const FOLLOW_EVERY_MS = 200;
const FOLLOWED_BYTES = 64 * 1024;

export function logPathOf(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/** Opens a log to write behind its end, whatever becomes of its beginning: `O_APPEND`. Returns its descriptor. */
export function openLog(path: string): number {
  return openSync(path, "a", 0o600);
}

/** A process whose stderr may be a log. */
export interface LogWriter {
  /** Node's stream for a file writes to whatever descriptor this is by then. */
  readonly stderr: { fd?: number };
  on(signal: "SIGUSR2", listener: () => void): unknown;
  off(signal: "SIGUSR2", listener: () => void): unknown;
}

/**
 * Keeps a log within its bound while this process writes it as its stderr: what is in it is copied aside, and it is cut.
 * One that was renamed (logrotate) or removed is opened again, at SIGUSR2 at once. Where stderr is another file, SIGUSR2
 * is only survived: log rotation may send it to every stream. Returns what ends that.
 */
export function boundLog(path: string, writer: LogWriter, maxBytes = MAX_LOG_BYTES): () => void {
  const isOurs = isSameFile(writer.stderr.fd, path);
  const look = () => {
    if (!isOurs) return;
    openAnew(path, writer.stderr);
    putAside(path, writer.stderr.fd, maxBytes);
  };
  const timer = isOurs ? setInterval(look, CHECK_EVERY_MS).unref() : undefined;
  writer.on("SIGUSR2", look);
  return () => {
    clearInterval(timer);
    writer.off("SIGUSR2", look);
  };
}

/** All that a log and the old one hold; null where there is no log. */
export function readLog(path: string): Buffer | null {
  if (!existsSync(path)) return null;
  return Buffer.concat([oldPathOf(path), path].filter(existsSync).map((file) => readFileSync(file)));
}

export function logBytes(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What a log says behind its first bytes, of which the last are given where it is much. */
export function readLogFrom(path: string, fromBytes: number, maxBytes: number): string {
  if (!existsSync(path)) return "";
  const text = readFileSync(path);
  const from = fromBytes > text.length ? 0 : fromBytes; // cut since
  return text.subarray(Math.max(from, text.length - maxBytes)).toString("utf8");
}

/** What is written to a log behind `fromBytes`, as it comes, until the signal. */
export async function* followLog(
  path: string,
  fromBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let file = await open(path, "r");
  try {
    for (let atBytes = fromBytes; !signal.aborted; ) {
      if ((await file.stat()).size < atBytes) atBytes = 0; // put aside
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FOLLOWED_BYTES), 0, FOLLOWED_BYTES, atBytes);
      atBytes += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (existsSync(path) && !isSameFile(file.fd, path)) {
        await file.close(); // renamed: nothing more comes there
        file = await open(path, "r");
        atBytes = 0;
      } else await delay(FOLLOW_EVERY_MS, undefined, { signal }).catch(() => undefined); // over, then
    }
  } finally {
    await file.close();
  }
}

/** The first descriptor stays open: 2 is where Node writes of its own end, and must be no other file's. */
function openAnew(path: string, stderr: LogWriter["stderr"]): void {
  if (isSameFile(stderr.fd, path)) return;
  try {
    const { fd = 2 } = stderr;
    stderr.fd = openLog(path);
    if (fd !== 2) closeSync(fd);
  } catch {
    // Its folder is gone, or the disk is full: the old one is written until there is another.
  }
}

function putAside(path: string, fd: number | undefined, maxBytes: number): void {
  if (fd === undefined) return;
  try {
    if (fstatSync(fd).size <= maxBytes) return;
    try {
      copyFileSync(path, oldPathOf(path));
    } finally {
      ftruncateSync(fd); // a disk too full for the copy must not be filled further
    }
  } catch {
    // A log that cannot be put aside stops no stream.
  }
}

function isSameFile(fd: number | undefined, path: string): boolean {
  if (fd === undefined) return false;
  try {
    const [one, other] = [fstatSync(fd), statSync(path)];
    return one.isFile() && one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false; // it is not there
  }
}

/** A stream's name has no `~`: this is no other's log. */
function oldPathOf(path: string): string {
  return `${path}~`;
}
