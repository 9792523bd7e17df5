import { EventEmitter } from "node:events";
import fs, {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
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

/** A process whose stderr is a file. */
class FakeWriter extends EventEmitter {
  readonly stderr: { fd: number };

  constructor(fd: number) {
    super();
    this.stderr = { fd };
  }

  say(line: string): void {
    writeSync(this.stderr.fd, line);
  }
}

const writerOf = (fd: number) => new FakeWriter(fd);

test("a log beyond its bound is put aside as the old one, and goes on in the same file", () => {
  vi.useFakeTimers();
  const fd = openLog(path);
  const end = boundLog(path, writerOf(fd), 10);
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

test.each([
  { when: "within a second", tell: () => vi.advanceTimersByTime(1000) },
  { when: "at SIGUSR2", tell: (writer: FakeWriter) => writer.emit("SIGUSR2") },
])("a log that was renamed is written again $when", ({ tell }) => {
  vi.useFakeTimers();
  const writer = writerOf(openLog(path));
  const end = boundLog(path, writer);
  writer.say("first\n");
  for (const rotation of ["1", "2"]) {
    renameSync(path, `${path}.${rotation}`);
    const before = writer.stderr.fd;
    tell(writer);
    expect(() => fstatSync(before)).toThrow("EBADF"); // a log that is rotated daily would leave one open each day
    writer.say(`after ${rotation}\n`);
  }
  end();
  expect(["1", "2"].map((rotation) => readFileSync(`${path}.${rotation}`, "utf8"))).toEqual([
    "first\n",
    "after 1\n",
  ]);
  expect(readFileSync(path, "utf8")).toBe("after 2\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(writer.eventNames()).toEqual([]);
  closeSync(writer.stderr.fd);
});

test("a log whose folder was removed is written again when there is one again", () => {
  vi.useFakeTimers();
  const below = join(folder, "below");
  const log = join(below, "garden.log");
  mkdirSync(below);
  const writer = writerOf(openLog(log));
  const end = boundLog(log, writer);
  rmSync(below, { recursive: true });
  vi.advanceTimersByTime(1000);
  writer.say("to nobody\n");
  mkdirSync(below);
  vi.advanceTimersByTime(1000);
  writer.say("again\n");
  end();
  expect(readFileSync(log, "utf8")).toBe("again\n");
  closeSync(writer.stderr.fd);
});

test("the descriptor of stderr stays open when its log is opened again: Node writes there of its own end", () => {
  vi.useFakeTimers();
  const { closeSync: close, fstatSync: stat } = fs;
  const closed: number[] = [];
  const first = openLog(path);
  fs.closeSync = (fd) => void closed.push(fd);
  fs.fstatSync = ((fd: number) => stat(fd === 2 ? first : fd)) as typeof stat; // as if 2 were the log
  syncBuiltinESMExports();
  const writer = writerOf(2);
  const end = boundLog(path, writer);
  renameSync(path, `${path}.1`);
  vi.advanceTimersByTime(1000);
  end();
  Object.assign(fs, { closeSync: close, fstatSync: stat });
  syncBuiltinESMExports();
  expect(writer.stderr.fd).not.toBe(2);
  expect(closed).toEqual([]);
  for (const fd of [first, writer.stderr.fd]) closeSync(fd);
});

test("a log is made for its owner alone", () => {
  closeSync(openLog(path));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a log that is not this process's stderr is left alone", () => {
  vi.useFakeTimers();
  appendFileSync(path, "x".repeat(100));
  const fd = openLog(join(folder, "other.log"));
  const writer = writerOf(fd);
  const end = boundLog(path, writer, 10);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(writer.emit("SIGUSR2")).toBe(true); // unheard, it would end the process
  end();
  expect(writer.eventNames()).toEqual([]);
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

test("a log is followed through a rename, once all of the old one is read", async () => {
  appendFileSync(path, "before\n");
  const over = new AbortController();
  const pieces: string[] = [];
  for await (const piece of followLog(path, 0, over.signal)) {
    if (pieces.push(piece.toString()) === 3) over.abort();
    if (pieces.length > 1) continue;
    appendFileSync(path, "last\n");
    renameSync(path, `${path}.1`);
    appendFileSync(path, "new\n");
  }
  expect(pieces).toEqual(["before\n", "last\n", "new\n"]);
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

test("a log that was never put aside is read alone", () => {
  expect(readLog(path)).toBeNull();
  appendFileSync(path, "first line\n");
  expect(readLog(path)?.toString()).toBe("first line\n");
});

test("a log is bounded to a mebibyte", () => {
  vi.useFakeTimers();
  const fd = openLog(path);
  const end = boundLog(path, writerOf(fd));
  writeSync(fd, "x".repeat(1_048_576));
  vi.advanceTimersByTime(1000);
  expect(existsSync(`${path}~`)).toBe(false);
  writeSync(fd, "x");
  vi.advanceTimersByTime(1000);
  end();
  closeSync(fd);
  expect([statSync(path).size, statSync(`${path}~`).size]).toEqual([0, 1_048_577]);
});

/** A followed log is looked at each 200 ms. */
const looks = () => new Promise((resolve) => setTimeout(resolve, 450));

test("a log is followed while nothing comes and while it is not there, and ends without a word", async () => {
  appendFileSync(path, "before\n");
  const over = new AbortController();
  const pieces: string[] = [];
  const following = (async () => {
    for await (const piece of followLog(path, 0, over.signal)) pieces.push(piece.toString());
  })();
  await looks();
  expect(pieces).toEqual(["before\n"]);
  rmSync(path);
  await looks();
  appendFileSync(path, "new\n");
  await vi.waitFor(() => expect(pieces).toEqual(["before\n", "new\n"]), 20_000);
  over.abort();
  await expect(following).resolves.toBeUndefined();
});
