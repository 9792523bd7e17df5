import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { RecordingDisk } from "../../src/recordings/recording-disk.ts";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints } from "../e2e/judges.ts";
import { isRunning, until } from "../e2e/processes.ts";
import { diskProgram } from "../recordings/disk-program.ts";
import { mustRun } from "../run.ts";

/** Together, 200 moments. */
const KILLS = Number(process.env["FLVCAST_KILLS"] ?? 100);
const AT_ONCE = 4;

const base = makeFolder();
/** A disk that keeps up: what waits for fdatasync waits in a pipe, which is lost with both its ends. */
const fast = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : base.path, "flvcast-kill-"));
const [source, parent] = [base.file("source.flv"), base.file("parent.mjs")];
let program: string;

beforeAll(async () => {
  program = await diskProgram();
  await build({
    ...{ entryPoints: ["test/long/record-parent.ts"], outfile: parent, bundle: true },
    ...{ platform: "node", format: "esm", logLevel: "error" },
  });
  await mustRun([
    ...[
      "ffmpeg",
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=1280x720:r=30",
      "-f",
      "lavfi",
      "-i",
      "sine",
      "-t",
      "20",
    ],
    ...[
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-b:v",
      "2M",
      "-bf",
      "0",
      "-g",
      "15",
      "-c:a",
      "aac",
      source,
    ],
  ]);
});
afterAll(() => {
  base.remove();
  rmSync(fast, { recursive: true, force: true });
});

interface Killed {
  /** Video frames that a viewer had received. */
  readonly seen: number;
  readonly recorded: number;
}

/** Records until something is killed with -9, repairs, and counts. */
async function killed(who: "parent" | "both", number: number): Promise<Killed> {
  const folder = join(fast, `${who}-${number}`);
  mkdirSync(folder);
  const child = spawn(process.execPath, [parent, folder, source, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await until("the first frames on the disk", () => said.includes("disk "), 60_000);
  const diskPid = Number(/disk (\d+)/.exec(said)?.[1]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 2500));
  child.kill("SIGKILL");
  if (who === "both") process.kill(diskPid, "SIGKILL");
  await ended;
  await until("the end of the disk process", () => !isRunning(diskPid), 60_000);
  await checkRepaired(folder);
  const recorded = await countFrames(join(folder, "cam"));
  rmSync(folder, { recursive: true });
  return { seen: said.split("frame\n").length - 1, recorded };
}

async function checkRepaired(folder: string): Promise<void> {
  const disk = new RecordingDisk({ program });
  const segments = await disk.scan({ name: "cam", folder, path: "%name/%H-%M-%S" });
  await disk.close();
  for (const { file, bytes } of segments) {
    expect(await decodeComplaints(file)).toBe("");
    expect(readFileSync(file)).toHaveLength(bytes);
  }
  expect(readdirSync(join(folder, "cam")).filter((name) => name.endsWith(".part"))).toEqual([]);
}

/** Of all files, which begin with a key frame each. */
async function countFrames(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const counts = readdirSync(folder).map((name) => {
    const tags = new FlvDemuxer().push(readFileSync(join(folder, name)));
    return tags.filter((tag) => tag.kind === "tag" && tag.type === TagType.video && tag.body[1] === 1).length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

describe.each(["parent", "both"] as const)("kill -9 of %s", (who) => {
  it(
    "at random moments costs at most the frame that is being written, and every file plays",
    async () => {
      const lost: number[] = [];
      for (let done = 0; done < KILLS; done += AT_ONCE) {
        const runs = Array.from(
          { length: Math.min(AT_ONCE, KILLS - done) },
          async (_, at) => await killed(who, done + at),
        );
        for (const { seen, recorded } of await Promise.all(runs)) lost.push(seen - recorded);
      }
      console.log(`kill -9 of ${who}: frames lost: ${lost.join(" ")}`);
      expect(Math.max(...lost)).toBeLessThanOrEqual(1);
    },
    KILLS * 20_000,
  );
});
