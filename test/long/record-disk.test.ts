import { type ChildProcess, spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { QueuedOutput } from "../../src/outputs/queued-output.ts";
import type { RecordState } from "../../src/outputs/record/record-health.ts";
import { RecordOutput } from "../../src/outputs/record/record-output.ts";
import { RecordingDisk } from "../../src/recordings/recording-disk.ts";
import { makeFolder } from "../e2e/folder.ts";
import { until } from "../e2e/processes.ts";
import { BOTH, batches, settings } from "../outputs/record/feed.ts";
import { diskProgram } from "../recordings/disk-program.ts";
import { mustRun, run } from "../run.ts";

const base = makeFolder();
const mounted = base.file("mounted");
const server = base.file("silent-fuse");
const tried = await run([
  "sh",
  "-c",
  `mkdir -p '${mounted}' && mount -t tmpfs tmpfs '${mounted}' && umount '${mounted}'`,
]);
const canMount = tried.exitCode === 0;
const canHang = canMount && existsSync("/dev/fuse") && (await compiled());
if (!canMount) console.log("skipped: disks that fail: mounting is not permitted here");
else if (!canHang) console.log("skipped: a disk that hangs: there is no /dev/fuse, or no compiler");

async function compiled(): Promise<boolean> {
  const made = await run(["gcc", "-O1", "-o", server, "test/long/silent-fuse.c"]).catch(() => null);
  return made?.exitCode === 0;
}

let program: string;
let disk: RecordingDisk;
let streams: readonly Stream[] = [];

beforeAll(async () => {
  program = await diskProgram();
});
beforeEach(() => {
  disk = new RecordingDisk({ program });
});
afterEach(async () => {
  for (const { feeding } of streams) feeding.abort();
  await disk.close();
  await run(["umount", "-l", mounted]);
});
afterAll(() => base.remove());

/** A stream that is recorded, at its own pace. */
interface Stream {
  readonly states: RecordState[];
  readonly feeding: AbortController;
  /** How late its frames were given to a viewer, at most. */
  lateMs: number;
}

function record(name: string, folder: string): Stream {
  const stream: Stream = { states: [], feeding: new AbortController(), lateMs: 0 };
  const names = { folder, path: "%name/%H-%M-%S", timeZone: "utc" } as const;
  const output = new RecordOutput({
    ...{ name, program: "flvcast test", disk },
    settings: { ...names, segmentMs: 5000, syncMs: 1000, keepMs: null, maxBytes: null, when: "always" },
    onSegment: () => undefined,
    onState: (state) => stream.states.push(state),
  });
  const queued = new QueuedOutput(output, (error) => {
    throw error;
  });
  queued.tell(() => output.begin(BOTH));
  queued.join(settings, 0);
  void feed(queued, stream);
  return stream;
}

async function feed(queued: QueuedOutput, stream: Stream): Promise<void> {
  const startedMs = performance.now();
  let group = [...settings];
  for (const batch of batches({ untilMs: 600_000, epochMs: Date.now() })) {
    const [video] = batch;
    const mediaMs = video?.timestampMs ?? 0;
    while (performance.now() - startedMs < mediaMs) await delay(5);
    if (stream.feeding.signal.aborted) return;
    stream.lateMs = Math.max(stream.lateMs, performance.now() - startedMs - mediaMs);
    const isKey = mediaMs % 1000 === 0;
    group = isKey
      ? [...settings.map((each) => ({ ...each, timestampMs: mediaMs })), ...batch]
      : [...group, ...batch];
    queued.take(batch, isKey ? () => group : null, mediaMs);
  }
}

function recordEight(folder: string): void {
  streams = Array.from({ length: 8 }, (_, at) => record(`cam${at}`, folder));
}

const allAre = (isSo: (state: RecordState | undefined) => boolean) => () =>
  streams.every(({ states }) => isSo(states.at(-1)));
const recording = allAre((state) => state === "recording");
const pausedBy = (code: string) =>
  allAre((state) => state !== undefined && state !== "recording" && state.pausedBecause.code === code);

/** Node's four threads are free: names are looked up, and files are read. */
async function expectThreadsFree(): Promise<void> {
  const asked = Array.from(
    { length: 8 },
    async () => await Promise.all([lookup("localhost"), stat(base.path)]),
  );
  expect(await Promise.race([Promise.all(asked).then(() => "answered"), delay(5000, "stuck")])).toBe(
    "answered",
  );
}

/** How late any frame was: one that waits for a disk waits for seconds. */
const lateMs = () => Math.max(...streams.map((stream) => stream.lateMs));
const MAX_LATE_MS = 2000;

describe.skipIf(!canMount)("eight recordings", () => {
  it("on a full disk pause, keep what they have, and go on when there is room", async () => {
    await mustRun(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mounted]);
    await mustRun(["sh", "-c", `head -c 1800000 /dev/zero > '${join(mounted, "filler")}'`]);
    recordEight(mounted);
    await until("the disk is full", pausedBy("ENOSPC"), 60_000);
    await expectThreadsFree();
    rmSync(join(mounted, "filler"));
    await until("there is room", recording, 60_000);
    expect(lateMs()).toBeLessThan(MAX_LATE_MS);
    for (const { feeding } of streams) feeding.abort();
    await disk.close();
    const names = readdirSync(mounted, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.includes(".flv"),
    );
    expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });

  it("on a disk that becomes read-only pause, and go on when it is not", async () => {
    await mustRun(["mount", "-t", "tmpfs", "tmpfs", mounted]);
    recordEight(mounted);
    await until("their start", recording, 30_000);
    // what is open for writing may not be there, so the disk is another one
    await mustRun(["sh", "-c", `umount -l '${mounted}' && mount -t tmpfs -o ro tmpfs '${mounted}'`]);
    await until("the pause", pausedBy("EROFS"), 60_000);
    await expectThreadsFree();
    await mustRun(["mount", "-o", "remount,rw", mounted]);
    await until("they go on", recording, 60_000);
    expect(lateMs()).toBeLessThan(MAX_LATE_MS);
  });

  it("whose folder is deleted pause until it is there again", async () => {
    const folder = base.file("deleted");
    mkdirSync(folder);
    recordEight(folder);
    await until("their start", recording, 30_000);
    rmSync(folder, { recursive: true });
    await until("the pause", pausedBy("ENOENT"), 60_000);
    mkdirSync(folder);
    await until("they go on", recording, 60_000);
    expect(lateMs()).toBeLessThan(MAX_LATE_MS);
  });
});

describe.skipIf(!canHang)("eight recordings on a disk that never answers", () => {
  let silent: ChildProcess;
  beforeEach(async () => {
    silent = spawn(server, [mounted], { stdio: ["pipe", "pipe", "inherit"] });
    await once(silent.stdout ?? silent, "data");
  });
  afterEach(() => {
    silent.stdin?.end();
  });

  it("hold up no viewer, no look-up and no file of ours, and go on when it answers", async () => {
    recordEight(mounted);
    for (let count = 0; count < 5; count++) {
      await delay(1000);
      await expectThreadsFree();
    }
    await until("its time is over", pausedBy("ETIMEDOUT"), 60_000);
    expect(lateMs()).toBeLessThan(MAX_LATE_MS);
    silent.stdin?.end();
    await once(silent, "exit");
    await until("they go on", recording, 90_000);
    expect(lateMs()).toBeLessThan(MAX_LATE_MS);
  });

  it("do not keep our process from ending", async () => {
    recordEight(mounted);
    await delay(2000);
    for (const { feeding } of streams) feeding.abort();
    const beganMs = performance.now();
    await disk.close();
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });
});
