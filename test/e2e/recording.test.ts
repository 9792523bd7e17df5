import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import type { StreamDetail } from "../../src/server/api/schemas.ts";
import { mustRun, run } from "../run.ts";
import { flvcastProgram, startFlvcast } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { makeFolder } from "./folder.ts";

const exec = promisify(execFile);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function folder(): string {
  const made = makeFolder();
  closing.push(() => made.remove());
  return made.path;
}

async function recorded(record: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const size = more.includes("--size") ? [] : ["--size", "320x240"];
  const card = ["--device", "test", "--name", "card", ...size, "--fps", "25", "--gop", "1"];
  const stream = await startFlvcast([...card, "--record", record, "--record-segment", "2s", ...more], env);
  closing.push(() => stream.stop());
  const recording = async () => {
    const answer = await fetch(new URL("/api/v1/streams/card", stream.url));
    return ((await answer.json()) as StreamDetail).recording;
  };
  return { ...stream, recording };
}

const filesIn = (record: string) =>
  readdirSync(record, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.flv(\.part)?$/.test(name))
    .toSorted();

const done = (record: string) => filesIn(record).filter((name) => name.endsWith(".flv"));

/** By ffprobe: how many video frames, and for how long. */
async function probed(file: string) {
  const entries = ["-show_entries", "stream=nb_read_packets:format=duration,start_time"];
  const { stdout, stderr } = await mustRun(
    ["ffprobe", "-v", "warning", "-count_packets", "-select_streams", "v", ...entries].concat([
      ...["-of", "json", file],
    ]),
  );
  const { streams, format } = JSON.parse(stdout) as {
    streams: readonly { nb_read_packets: string }[];
    format: { duration: string; start_time: string };
  };
  return {
    ...{ warnings: stderr, frames: Number(streams[0]?.nb_read_packets) },
    ...{ durationS: Number(format.duration), startS: Number(format.start_time) },
  };
}

/** The bodies of a stream's video frames. */
function framesOf(bytes: Uint8Array): readonly string[] {
  const tags = new FlvDemuxer().push(bytes).filter((event) => event.kind === "tag");
  return tags
    .filter(({ type, body }) => type === TagType.video && body[1] === 1) // AVCPacketType: NALU
    .map(({ body }) => Buffer.from(body).toString("base64"));
}

it("files that are whole and begin at 0, with all that a viewer gets, and nothing twice or missing", async () => {
  const record = folder();
  const stream = await recorded(record);
  const live = fetch(stream.url).then((response) => response.arrayBuffer());
  await expect.poll(() => done(record).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  expect(await stream.recording()).toMatchObject({ state: "recording", skips: 0 });
  const listing = await fetch(new URL("/metrics", stream.url));
  expect(await listing.text()).toContain('flvcast_recording_state{stream="card",state="recording"} 1');
  expect(await stream.stop()).toBe(0);
  const files = filesIn(record);
  const names = files.map((name) => /^card\/\d{4}-\d\d-\d\d\/\d\d-\d\d-\d\d\.flv$/.test(name));
  expect(names).not.toContain(false);
  const all = await Promise.all(files.map((name) => probed(join(record, name))));
  expect(all.map(({ warnings, startS }) => [warnings, startS])).toEqual(all.map(() => ["", 0]));
  for (const { durationS } of all.slice(1, -1)) expect(durationS % 1).toBeCloseTo(0, 1);
  const frames = files.flatMap((name) => framesOf(readFileSync(join(record, name))));
  expect(frames.join("\n").endsWith(framesOf(new Uint8Array(await live)).join("\n"))).toBe(true);
  // Together they are one stream again.
  const list = join(record, "list.txt");
  writeFileSync(list, files.map((name) => `file '${join(record, name)}'\n`).join(""));
  const packets = ["-select_streams", "v", "-show_entries", "packet=dts_time", "-of", "csv=p=0"];
  const { stdout } = await mustRun(
    ["ffprobe", "-v", "error", "-f", "concat", "-safe", "0", "-i", list].concat(packets),
  );
  const times = stdout.trim().split("\n").map(Number.parseFloat);
  const steps = times.slice(1).map((time, at) => Math.round((time - (times[at] ?? 0)) * 1000));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(39);
  expect(Math.max(...steps)).toBeLessThanOrEqual(41);
});

it("flvcast recordings lists them, and keeps one", async () => {
  const record = folder();
  const state = freshStateFolder();
  const env = { RUNTIME_DIRECTORY: state, STATE_DIRECTORY: state };
  await recorded(record, ["--record-max-size", "1MB", "--size", "960x540"], env);
  await expect.poll(() => done(record).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  const flvcast = (...argv: readonly string[]) =>
    mustRun([process.execPath, flvcastProgram, "recordings", ...argv], { env: { ...process.env, ...env } });
  const { segments } = JSON.parse((await flvcast("card", "--json")).stdout) as {
    segments: readonly { id: string; state: string }[];
  };
  expect(segments.at(-1)?.state).toBe("recording");
  const [first] = segments;
  await flvcast("card", "--keep", first?.id ?? "");
  const [kept] = done(record).filter((name) => name.includes("kept"));
  expect(kept).toMatch(/^card\/kept\/\d{4}-/);
  // Retention by size has the others go, and leaves it alone.
  const oldest = () => done(record).find((name) => !name.includes("kept"));
  const before = oldest();
  await expect.poll(oldest, { timeout: 60_000 }).not.toBe(before);
  expect(done(record)).toContain(kept);
  expect((await flvcast()).stdout).toContain("kept       ");
});

it("after a crash, the next start repairs what was cut off, and goes on", async () => {
  const record = folder();
  const before = await recorded(record);
  await expect.poll(() => done(record).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(1);
  await expect.poll(async () => (await before.recording())?.segment ?? null).not.toBeNull();
  // The disk process, too: else it would finish the file.
  const { stdout } = await exec("pgrep", ["-P", String(before.pid), "-f", "disk-process"]);
  process.kill(before.pid, "SIGKILL");
  process.kill(Number(stdout), "SIGKILL");
  await before.stop();
  const [part] = filesIn(record).filter((name) => name.endsWith(".part"));
  expect(part).toBeDefined();
  const after = await recorded(record);
  await expect.poll(() => after.stderr(), { timeout: 20_000 }).toContain("repaired ");
  const repaired = join(record, part?.replace(/\.part$/, "") ?? "");
  expect(await probed(repaired)).toMatchObject({ warnings: "", startS: 0 });
  expect((await after.recording())?.segments).toBeGreaterThanOrEqual(2);
});

async function tmpfs(size: string): Promise<string> {
  const point = join(folder(), "disk");
  mkdirSync(point);
  await exec("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", point]);
  closing.push(() => exec("umount", ["-l", point]));
  return point;
}

const canMount = process.getuid?.() === 0 && (await run(["unshare", "-m", "true"])).exitCode === 0;
if (!canMount) console.log("skipped: a disk that is full: only root can mount a tmpfs");

describe.skipIf(!canMount)("a disk that is full", () => {
  it("pauses the recording, not the stream, and goes on by itself", async () => {
    const record = await tmpfs("4m");
    const ballast = join(record, "ballast");
    const stream = await recorded(record, ["--record-keep-free", "1MB", "--record-keep", "forever"]);
    await expect.poll(() => done(record).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(1);
    writeFileSync(ballast, Buffer.alloc(3_500_000));
    await expect.poll(async () => (await stream.recording())?.state, { timeout: 30_000 }).toBe("paused");
    await expect
      .poll(() => stream.stderr(), { timeout: 30_000 })
      .toMatch(/recording paused: only \d+ kB free at .*, less than 1\.0 MB .*, and nothing may be deleted/);
    await expect.poll(() => filesIn(record).filter((name) => name.endsWith(".part"))).toEqual([]);
    const paused = done(record).length; // with the one that was in work
    const live = await fetch(stream.url);
    const { value } = await (live.body ?? new ReadableStream()).getReader().read();
    expect(Buffer.from(value as Uint8Array).toString("latin1", 0, 3)).toBe("FLV");
    rmSync(ballast);
    await expect.poll(() => done(record).length, { timeout: 40_000 }).toBeGreaterThan(paused);
    expect(stream.stderr()).toContain("recording resumed");
    expect(await stream.stop()).toBe(0);
    for (const name of done(record)) expect((await probed(join(record, name))).warnings).toBe("");
  });
});
