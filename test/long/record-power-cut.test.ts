import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecordingDisk } from "../../src/recordings/recording-disk.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { type Folder, makeFolder } from "../e2e/folder.ts";
import { mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { SnapshotDisk, withoutSnapshots } from "./snapshot-disk.ts";

const CUTS = Number(process.env["FLVCAST_POWER_CUTS"] ?? 50);
const SEGMENT_S = 10;
const SYNC_S = 5;
const PATH = "%name/%Y-%m-%d/%H-%M-%S";
/** From a picture's capture until a viewer on this machine has it, on a busy one. */
const ON_ITS_WAY_MS = 1000;

const program = fileURLToPath(new URL("../../dist/disk-process.cjs", import.meta.url));

const missing = withoutSnapshots();
if (missing !== null) console.log(`left out: power cuts: ${missing}`);

describe.skipIf(missing !== null)("a power cut while it is recorded", () => {
  let folder: Folder;
  let disk: SnapshotDisk;
  beforeAll(async () => {
    folder = makeFolder();
    disk = await SnapshotDisk.make(folder.path, 512);
  });
  afterAll(async () => {
    await disk.remove();
    folder.remove();
  });

  it(
    `costs at most ${SYNC_S} s, ${CUTS} times`,
    async () => {
      const root = join(disk.folder, "recordings");
      mkdirSync(root);
      const cuts: { readonly photograph: string; readonly atMs: number }[] = [];
      const options = [
        "--record-segment",
        `${SEGMENT_S}s`,
        "--record-sync",
        `${SYNC_S}s`,
        "--record-keep-free",
        "1MB",
      ];
      const stream = await startFlvcast(["test", "--name", "cam", "--record", root, ...options]);
      await delay((SEGMENT_S + SYNC_S) * 1000);
      while (cuts.length < CUTS) {
        await delay(500 + Math.random() * 4000);
        const atMs = Date.now();
        cuts.push({ photograph: await disk.photograph(), atMs });
      }
      expect(await stream.stop()).toBe(0);
      const whole = new Map((await scan(root)).map((segment) => [segment.id, segment]));

      const lostMs: number[] = [];
      for (const { photograph, atMs } of cuts) {
        lostMs.push(
          await disk.open(photograph, async (mounted) => {
            const segments = await scan(join(mounted, "recordings"));
            await expectWhole(segments, join(mounted, "recordings"), whole, root);
            const last = segments.at(-1);
            if (last === undefined) throw new Error("nothing is left");
            return atMs - (last.startMs + last.durationMs);
          }),
        );
      }
      lostMs.sort((one, other) => one - other);
      const [median = 0, most = 0] = [lostMs[Math.floor(CUTS / 2)], lostMs.at(-1)];
      console.log(`lost at ${CUTS} power cuts: median ${median} ms, at most ${most} ms`);
      expect(most).toBeLessThan(SYNC_S * 1000 + ON_ITS_WAY_MS);
    },
    CUTS * 20_000 + 120_000,
  );
});

/** As the next start does it. */
async function scan(root: string): Promise<readonly Segment[]> {
  const recordings = new RecordingDisk({ program });
  try {
    return await recordings.scan({ name: "cam", folder: root, path: PATH });
  } finally {
    await recordings.close();
  }
}

/** Those that were done are as they were, and what was in work plays. */
async function expectWhole(
  segments: readonly Segment[],
  root: string,
  whole: ReadonlyMap<string, Segment>,
  wholeRoot: string,
): Promise<void> {
  const before = segments.map(({ id }) => whole.get(id));
  expect(segments.map(({ file }) => relative(root, file))).toEqual(
    before.map((one) => one && relative(wholeRoot, one.file)),
  );
  for (const [index, { state, file, durationMs }] of segments.entries()) {
    const { file: wholeFile = "", durationMs: wholeMs = 0 } = before[index] ?? {};
    const isAsBefore = state === "done" ? hashOf(file) === hashOf(wholeFile) : durationMs <= wholeMs;
    expect(isAsBefore).toBe(true);
  }
  const last = segments.at(-1)?.file ?? "";
  await mustRun(["ffmpeg", "-v", "error", "-xerror", "-i", last, "-f", "null", "-"]);
  expect(segments.slice(0, -1).filter(({ state }) => state !== "done").length).toBeLessThanOrEqual(1);
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
