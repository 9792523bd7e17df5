import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { boundLog, followLog, openLog, readLog, readLogFrom } from "../../src/control/log-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-log-"));
  path = join(folder, "garden.log");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test("a log beyond its bound is put aside as the old one, and goes on in the same file", () => {
  vi.useFakeTimers();
  const fd = openLog(path);
  const end = boundLog(path, { fd, maxBytes: 10 });
  for (const line of ["first line\n", "second line\n", "third line\n"]) {
    writeSync(fd, line);
    vi.advanceTimersByTime(1000);
  }
  writeSync(fd, "last\n");
  vi.advanceTimersByTime(1000);
  end();
  closeSync(fd);
  expect(readFileSync(path, "utf8")).toBe("last\n");
  expect(readLog(path)?.toString()).toBe("third line\nlast\n");
});

test("a log that is not this process's stderr is left alone", () => {
  vi.useFakeTimers();
  appendFileSync(path, "x".repeat(100));
  const fd = openLog(join(folder, "other.log"));
  const end = boundLog(path, { fd, maxBytes: 10 });
  vi.advanceTimersByTime(5000);
  end();
  closeSync(fd);
  expect(existsSync(`${path}~`)).toBe(false);
  expect(readFileSync(path)).toHaveLength(100);
});

test("what was said since can be read, the last of it where it is much, and all where the log was cut", () => {
  appendFileSync(path, "0123456789");
  expect(readLogFrom(path, 4, 100)).toBe("456789");
  expect(readLogFrom(path, 4, 2)).toBe("89");
  expect(readLogFrom(path, 99, 100)).toBe("0123456789");
  expect(readLogFrom(join(folder, "none.log"), 0, 100)).toBe("");
});

test("there is no log where nothing was detached", () => {
  expect(readLog(path)).toBeNull();
});

test("a log is followed through a cut, until it is enough", async () => {
  const fd = openLog(path);
  writeSync(fd, "before\n");
  const over = new AbortController();
  const pieces: string[] = [];
  writeSync(fd, "long enough\n");
  for await (const piece of followLog(path, 7, over.signal)) {
    pieces.push(piece.toString());
    if (pieces.length === 2) over.abort();
    ftruncateSync(fd);
    writeSync(fd, "after\n");
  }
  closeSync(fd);
  expect(pieces).toEqual(["long enough\n", "after\n"]);
});
