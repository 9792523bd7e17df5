import { readSync } from "node:fs";
import { DiskWork } from "./disk-work.ts";

/**
 * The process that does all file work of recordings. What it is to do comes on stdin, one thing after the other, and it waits
 * for each: nothing else here could be held up. When flvcast has ended, however that was, so does stdin; what was sent until
 * then is written, and files are finished.
 */

const READ_BYTES = 256 * 1024;

/** A terminal and systemd signal all processes of a group: this one ends when flvcast has. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

/** Not that of process.stdout, which would no longer block. */
const STDOUT = 1;
const work = new DiskWork(STDOUT);
const buffer = Buffer.allocUnsafe(READ_BYTES);
for (let bytes = readInput(); bytes > 0; bytes = readInput()) work.push(buffer.subarray(0, bytes));
work.end();
process.exit(0);

function readInput(): number {
  for (;;)
    try {
      return readSync(0, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException; // node's own
      if (code !== "EAGAIN") return 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}
