import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readFileHead } from "../../src/media/flv/file-metadata.ts";
import { FileScanner } from "../../src/media/flv/file-scanner.ts";
import { DiskChild } from "../../src/recordings/disk-child.ts";
import { RecordingDisk } from "../../src/recordings/recording-disk.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import type { SegmentWriter } from "../../src/recordings/segment-writer.ts";
import { until } from "../e2e/processes.ts";
import { filePart, framesUntil, START_MS, unitEnds } from "../media/flv/file.ts";
import { diskProgram } from "./disk-program.ts";

const PATH = "%name/%Y-%m-%d/%H-%M-%S";
const FILE = "cam/2026-11-29/14-05-00.flv";
const frames = framesUntil(440);
const parts = filePart(frames);
const whole = Buffer.concat(parts);

let program: string;
let base: string;
let folder: string;
let disk: RecordingDisk;

beforeAll(async () => {
  program = await diskProgram();
});
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "flvcast-disk-"));
  folder = join(base, "recordings");
  mkdirSync(folder);
  disk = new RecordingDisk({ program });
});
afterEach(async () => {
  await disk.close();
  rmSync(base, { recursive: true });
});

const recorded = () => ({ name: "cam", folder, path: PATH, timeZone: "utc" as const });
const begin = (startMs = START_MS) => disk.begin(recorded(), startMs);
const scan = async () => await disk.scan(recorded());
const files = () =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\./.test(name));

/** The file as flvcast sends it: a key frame at most a message. */
function append(writer: SegmentWriter, tags = parts): void {
  for (const tag of tags) {
    const isKey = tag[0] === 9 && tag[11] === 0x17 && tag[12] === 1;
    const timestampMs = Buffer.from(tag).readUIntBE(4, 3);
    void writer.append({ keyAt: isKey ? 0 : null, keyMs: timestampMs, endMs: timestampMs + 20 }, [tag]);
  }
}

function put(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

/** Of the process that runs. */
function pidOf({ pid }: RecordingDisk): number {
  if (pid === undefined) throw new Error("no disk process runs");
  return pid;
}

/** A finished file's index says what reading it says. */
function expectIndexed(file: string): void {
  const bytes = readFileSync(file);
  const scanner = new FileScanner();
  scanner.push(bytes);
  expect(scanner.wholeBytes).toBe(bytes.length);
  expect(readFileHead(bytes)).toMatchObject({ fileBytes: bytes.length, durationMs: scanner.durationMs });
  for (const { position } of scanner.keyFrames) expect(bytes[position + 11]).toBe(0x17);
}

describe("a segment", () => {
  it("is a .part until it is finished, and then has its index and its name", async () => {
    const writer = begin();
    append(writer);
    expect(await writer.sync()).toBe(true);
    expect(await writer.begun).toEqual({ file: join(folder, `${FILE}.part`), count: 1 });
    expect(readFileSync(join(folder, `${FILE}.part`)).equals(whole)).toBe(true);
    const finished = await writer.finish(null);
    expect(finished).toMatchObject({
      file: join(folder, FILE),
      bytes: whole.length,
      durationMs: 440,
      startMs: START_MS,
    });
    expect(files()).toEqual([FILE]);
    expectIndexed(join(folder, FILE));
    const scanner = new FileScanner();
    scanner.push(readFileSync(join(folder, FILE)));
    expect(scanner.keyFrames.map(({ timeMs }) => timeMs)).toEqual([0, 200, 400]);
  });

  it("gets a number where its name is in use, also by one that is kept", async () => {
    put(FILE, whole);
    put("cam/kept/2026-11-29/14-05-00-2.flv", whole);
    put("cam/2026-11-29/14-05-00-3.flv.part", whole);
    const writer = begin();
    expect(await writer.begun).toMatchObject({ count: 4 });
    append(writer);
    await writer.finish(null);
    expect(files()).toContain("cam/2026-11-29/14-05-00-4.flv");
  });

  it("in which nothing was written leaves no file", async () => {
    const writer = begin();
    append(writer, parts.slice(0, 4)); // settings alone
    expect(await writer.finish(null)).toBeNull();
    expect([files(), writer.failure]).toEqual([[], null]);
  });

  it("is finished when flvcast has ended, with all that was sent", async () => {
    const writer = begin();
    append(writer);
    await disk.close();
    expect(files()).toEqual([FILE]);
    expectIndexed(join(folder, FILE));
  });

  it("that is deleted while it is written fails at the next sync", async () => {
    const writer = begin();
    append(writer);
    await writer.sync();
    rmSync(join(folder, "cam"), { recursive: true });
    expect(await writer.sync()).toBe(false);
    expect(writer.failure).toMatchObject({ code: "ENOENT" });
  });

  it("is not begun in a folder that is not there, nor where a link leads out of it", async () => {
    rmSync(folder, { recursive: true });
    const writer = begin();
    expect(await writer.begun).toBeNull();
    expect(writer.failure).toMatchObject({ code: "ENOENT", message: `${folder}: does not exist` });
    const outside = join(base, "outside");
    for (const each of [folder, outside]) mkdirSync(each);
    symlinkSync(outside, join(folder, "cam"));
    const other = begin();
    expect(await other.begun).toBeNull();
    expect(other.failure).toMatchObject({ code: "ELOOP" });
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe("a scan", () => {
  it("repairs a file, wherever it was cut off behind its first frame", async () => {
    const ends = unitEnds(whole);
    for (let end = ends[4] ?? 0; end <= whole.length; end += 7) {
      put(`${FILE}.part`, whole.subarray(0, end));
      const segments = await scan();
      const bytes = ends.filter((each) => each <= end).at(-1);
      expect(segments).toMatchObject([
        { state: "repaired", bytes, startMs: START_MS, id: "20261129T140500Z" },
      ]);
      expect(files()).toEqual([FILE]);
      expectIndexed(join(folder, FILE));
      expect(await scan()).toEqual(segments);
      rmSync(join(folder, "cam"), { recursive: true });
    }
  });

  it("lists none that was cut off before its first frame", async () => {
    for (let end = 0; end < (unitEnds(whole)[4] ?? 0); end += 7) {
      put(`${FILE}.part`, whole.subarray(0, end));
      expect(await scan()).toEqual([]);
    }
  });

  it("deletes what was cut off before its first frame, and nothing that is not ours", async () => {
    put(`${FILE}.part`, new Uint8Array(0));
    const foreign = [
      put("cam/2026-11-29/14-05-01.flv.part", Buffer.from("FLV of somebody else")),
      put("cam/notes.flv", whole),
    ];
    const torn = put("cam/2026-11-29/14-05-02.flv", Buffer.from("not a video"));
    expect(await scan()).toEqual([]);
    expect(files().toSorted()).toEqual(
      [...foreign, torn].map((file) => file.slice(folder.length + 1)).toSorted(),
    );
  });

  it("lists segments by their time, those that are kept among them, and none that is being written", async () => {
    for (const startMs of [START_MS + 60_000, START_MS, START_MS]) {
      const writer = begin(startMs);
      append(writer, filePart(frames, 4, startMs));
      await writer.finish(null);
    }
    begin(START_MS + 120_000);
    const [first] = await scan();
    const kept = join(folder, "cam/kept/2026-11-29/14-05-00.flv");
    await disk.move(first?.file ?? "", kept);
    const listed = (await scan()).map(({ id, isKept, state }) => [id, isKept, state]);
    expect(listed).toEqual([
      ["20261129T140500Z", true, "done"],
      ["20261129T140500Z-2", false, "done"],
      ["20261129T140600Z", false, "done"],
    ]);
  });

  it("repairs a finished file that has lost its end", async () => {
    const writer = begin();
    append(writer);
    await writer.finish(null);
    truncateSync(join(folder, FILE), whole.length - 30);
    expect(await scan()).toMatchObject([{ state: "repaired" }]);
    expectIndexed(join(folder, FILE));
  });

  it("makes its folder, and follows no link", async () => {
    const outside = join(base, "outside/2026-11-29");
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, "14-05-00.flv.part"), whole);
    symlinkSync(join(base, "outside"), join(folder, "cam"));
    expect(await scan()).toEqual([]);
    expect(readdirSync(outside)).toEqual(["14-05-00.flv.part"]);
    const fresh = join(base, "a/b");
    expect(await disk.scan({ ...recorded(), folder: fresh })).toEqual([]);
    expect(existsSync(fresh)).toBe(true);
  });
});

describe("a file", () => {
  let segment: Segment;
  beforeEach(async () => {
    const writer = begin();
    append(writer);
    await writer.finish(null);
    [segment] = (await scan()) as [Segment];
  });

  it("is read in any place, and has an end", async () => {
    const bytes = readFileSync(segment.file);
    for (const [start, length] of [
      [0, 10],
      [13, 100],
      [bytes.length - 5, 20],
      [bytes.length, 10],
      [0, 1 << 20],
    ] as const)
      expect(
        Buffer.compare(await disk.read(segment.file, start, length), bytes.subarray(start, start + length)),
      ).toBe(0);
    const large = put("cam/large.flv", Buffer.alloc(700_000, 7));
    expect((await disk.read(large, 100, 650_000)).length).toBe(650_000);
  });

  it("is removed with the folders that this leaves empty", async () => {
    await disk.remove(segment.file);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("outside of a recording's folder is not touched", async () => {
    const outside = join(base, "x.flv");
    writeFileSync(outside, "x");
    symlinkSync(base, join(folder, "link"));
    symlinkSync(outside, join(folder, "y.flv"));
    const refused = [
      [outside, "EACCES"],
      [join(folder, "../x.flv"), "EACCES"],
      [`${folder}/../x.flv`, "EACCES"],
      [join(folder, "link/x.flv"), "ELOOP"],
      [join(folder, "none/x.flv"), "ENOENT"],
    ] as const;
    for (const [file, code] of refused) {
      await expect(disk.read(file, 0, 1)).rejects.toMatchObject({ code });
      await expect(disk.remove(file)).rejects.toMatchObject({ code });
      await expect(disk.move(file, join(folder, "z.flv"))).rejects.toMatchObject({ code });
    }
    await expect(disk.read(join(folder, "y.flv"), 0, 1)).rejects.toMatchObject({ code: "ELOOP" });
    await expect(disk.remove(join(folder, "y.flv"))).rejects.toMatchObject({ code: "EACCES" });
    await expect(disk.remove(put("cam/notes.txt", whole))).rejects.toMatchObject({ code: "EACCES" });
    await expect(disk.move(segment.file, join(folder, "link/z.flv"))).rejects.toMatchObject({
      code: "ELOOP",
    });
    await expect(disk.move(segment.file, put("cam/taken.flv", whole))).rejects.toMatchObject({
      code: "EEXIST",
    });
    expect(readFileSync(outside, "utf8")).toBe("x");
  });

  it("system says how much room there is", async () => {
    const { freeBytes, totalBytes } = await disk.space(folder);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
});

describe("the disk process", () => {
  it("is started again when it has died, and what it was asked fails", async () => {
    const writer = begin();
    await writer.begun;
    const pid = pidOf(disk);
    process.kill(pid, "SIGKILL");
    expect(await writer.sync()).toBe(false);
    expect(writer.failure).toMatchObject({ code: "EPIPE", message: "the disk process has ended" });
    await expect(scan()).resolves.toBeInstanceOf(Array);
    expect(disk.pid).not.toBe(pid);
  });

  it("that does not answer is killed, and started again", async () => {
    const short = new RecordingDisk({ program, timeoutMs: 3000 });
    await short.space(folder);
    const pid = pidOf(short);
    process.kill(pid, "SIGSTOP"); // as one that waits for a disk
    await expect(short.space(folder)).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: "the disk does not answer",
    });
    await expect(short.space(folder)).resolves.toHaveProperty("freeBytes");
    expect(short.pid).not.toBe(pid);
    await short.close();
  });

  it("that takes nothing makes senders wait, and lets them go when it is killed", async () => {
    const short = new RecordingDisk({ program, timeoutMs: 3000 });
    const writer = short.begin(recorded(), START_MS);
    await writer.begun;
    process.kill(pidOf(short), "SIGSTOP");
    const block = new Uint8Array(512 * 1024);
    const send = () => writer.append({ keyAt: null, keyMs: 0, endMs: 0 }, [block]);
    expect(send()).toBeUndefined();
    let wait: void | Promise<void> = undefined;
    for (let count = 0; wait === undefined && count < 10; count++) wait = send();
    expect(wait).toBeInstanceOf(Promise);
    await wait;
    expect(writer.failure).toMatchObject({ code: "ETIMEDOUT" });
    await short.close();
  });

  it("that is killed while it hangs in the disk is waited for by no sender", async () => {
    const child = new DiskChild({ program });
    await child.ask({ op: "space", folder });
    if (child.pid !== undefined) process.kill(child.pid, "SIGSTOP");
    let hasEnded = false;
    const ended = child.ended.then(() => (hasEnded = true));
    const sent = child.append({ segment: 1, keyAt: null, keyMs: 0, endMs: 0 }, [new Uint8Array(4_000_000)]);
    expect(sent).toBeInstanceOf(Promise);
    child.kill();
    await sent;
    expect(hasEnded).toBe(false); // nor is it sure that it ever will
    await ended;
  });

  it("outlives signals to its group, and ends with its stdin", async () => {
    const writer = begin();
    append(writer);
    await writer.sync();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pidOf(disk), signal);
    expect(await writer.sync()).toBe(true);
    const pid = pidOf(disk);
    await disk.close();
    await until("its end", () => !existsSync(`/proc/${pid}`));
    expectIndexed(join(folder, FILE));
  });

  it("takes no more requests than it can be asked", async () => {
    await disk.space(folder);
    process.kill(pidOf(disk), "SIGSTOP");
    const asked = Array.from({ length: 300 }, async () => await disk.space(folder));
    const refused = asked.at(-1);
    await expect(refused).rejects.toMatchObject({ code: "EBUSY" });
    process.kill(pidOf(disk), "SIGCONT");
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(256);
  });
});

it("many segments are listed in several steps, each of them once", async () => {
  const writer = begin();
  append(writer);
  await writer.finish(null);
  const bytes = readFileSync(join(folder, FILE));
  for (let count = 0; count < 2500; count++) {
    const time = new Date(START_MS + count * 60_000).toISOString();
    put(`cam/${time.slice(0, 10)}/${time.slice(11, 19).replaceAll(":", "-")}.flv`, bytes);
  }
  const names = (await scan()).map(({ file }) => file);
  expect([names.length, new Set(names).size]).toEqual([2500, 2500]);
});
