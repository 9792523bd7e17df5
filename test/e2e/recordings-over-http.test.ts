import { readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import type { Recordings } from "../../src/server/api/schemas.ts";
import { mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { makeFolder } from "./folder.ts";

const folder = makeFolder();
const FRAME_MS = 40;
let stream: Awaited<ReturnType<typeof startFlvcast>>;

beforeAll(async () => {
  const card = ["--device", "test", "--name", "card", "--size", "320x240", "--fps", "25", "--gop", "1"];
  const record = ["--record", folder.file("record"), "--record-segment", "3s"];
  stream = await startFlvcast([...card, ...record], {
    CACHE_DIRECTORY: folder.file("cache"),
  });
});
afterAll(async () => {
  await stream.stop();
  folder.remove();
});

const ask = async (path: string, init: RequestInit = {}) => await fetch(new URL(path, stream.url), init);
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

async function list(): Promise<Recordings> {
  return (await (await ask("/api/v1/streams/card/recordings")).json()) as Recordings; // by its schema
}

async function doneSegments(): Promise<Recordings["segments"]> {
  return (await list()).segments.filter(({ state }) => state === "done");
}

const growing = async () => (await list()).segments.findLast(({ state }) => state === "recording");

/** The bodies of the video frames. */
function framesOf(flv: Uint8Array): readonly string[] {
  const tags = new FlvDemuxer().push(flv).filter((event) => event.kind === "tag");
  return tags
    .filter(({ type, body }) => type === TagType.video && body[1] === 1) // AVCPacketType: NALU
    .map(({ body }) => Buffer.from(body).toString("base64"));
}

/** What ffprobe says of it: its complaints, and when the video frames are, in milliseconds. */
async function probed(name: string, bytes: Uint8Array) {
  writeFileSync(folder.file(name), bytes);
  const entries = ["-select_streams", "v", "-show_entries", "packet=dts_time", "-of", "csv=p=0"];
  const { stdout, stderr } = await mustRun(["ffprobe", "-v", "warning", ...entries, folder.file(name)]);
  const timesMs = stdout
    .trim()
    .split("\n")
    .map((line) => Math.round(Number.parseFloat(line) * 1000));
  return {
    complaints: stderr,
    steps: new Set(timesMs.slice(1).map((ms, at) => ms - (timesMs[at] ?? 0))),
    timesMs,
  };
}

it("segments that follow each other are listed without gaps", async () => {
  await expect.poll(async () => (await doneSegments()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
  const { isRecording, segments } = await list();
  expect(isRecording).toBe(true);
  expect(segments.map(({ gapBeforeMs }) => gapBeforeMs)).toEqual(
    segments.map((_, at) => (at === 0 ? null : 0)),
  );
});

it("what lies between two moments is one file, without a gap, a frame twice or one missing", async () => {
  const [, first, second, third] = await doneSegments();
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few segments");
  const span = `from=${first.startMs + 500}&to=${new Date(third.startMs + 500).toISOString()}`;
  const response = await ask(`/recordings/card/play.flv?${span}`);
  expect([response.status, response.headers.get("content-length")]).toEqual([200, null]);
  const flv = await bytesOf(response);
  const { complaints, steps, timesMs } = await probed("play.flv", flv);
  expect([complaints, timesMs[0], [...steps]]).toEqual(["", 0, [FRAME_MS]]);
  const segments = await Promise.all(
    [first, second, third].map(async ({ id }) => await bytesOf(await ask(`/recordings/card/${id}.flv`))),
  );
  const all = segments.flatMap(framesOf).join("\n");
  expect(all).toContain(framesOf(flv).join("\n"));
  expect(framesOf(flv).length).toBeGreaterThan(((second.durationMs + 500) / FRAME_MS) * 0.9);

  const mp4 = await bytesOf(await ask(`/recordings/card/play.mp4?${span}`));
  const made = await probed("play.mp4", mp4);
  expect([made.complaints, made.timesMs.length]).toEqual(["", timesMs.length]);
  expect(mp4.indexOf("moov")).toBeLessThan(mp4.indexOf("mdat")); // players begin with its first bytes
  expect(readdirSync(folder.file("cache/mp4"))).toHaveLength(1);
});

it("a segment has ranges, also as MP4", async () => {
  const [segment] = await doneSegments();
  for (const format of ["flv", "mp4"]) {
    const path = `/recordings/card/${segment?.id}.${format}`;
    const whole = await ask(path);
    const bytes = await bytesOf(whole);
    const headers = { range: "bytes=1000-1999", "if-range": whole.headers.get("etag") ?? "" };
    const part = await ask(path, { headers });
    expect([part.status, part.headers.get("content-range")]).toEqual([
      206,
      `bytes 1000-1999/${bytes.length}`,
    ]);
    expect((await bytesOf(part)).equals(bytes.subarray(1000, 2000))).toBe(true);
  }
});

it("a segment that is being recorded plays as far as it is there", async () => {
  let bytes = Buffer.alloc(0);
  const frames = async () => {
    const response = await ask(`/recordings/card/${(await growing())?.id}.flv`);
    bytes = response.status === 200 ? await bytesOf(response) : bytes;
    return framesOf(bytes).length;
  };
  await expect.poll(frames).toBeGreaterThan(10);
  const { complaints, steps } = await probed("growing.flv", bytes);
  const serious = complaints.replace(/.*Invalid keyframes object, skipping\.\n/, ""); // its index is empty yet
  expect([serious, [...steps]]).toEqual(["", [FRAME_MS]]);
});

it("a segment that is kept is the same, elsewhere", async () => {
  const [segment] = await doneSegments();
  const path = `/recordings/card/${segment?.id}.flv`;
  const before = await bytesOf(await ask(path));
  const keep = async (method: string) =>
    await ask(`/api/v1/streams/card/recordings/${segment?.id}/keep`, { method });
  expect(await (await keep("POST")).json()).toMatchObject({ id: segment?.id, isKept: true });
  expect(readdirSync(folder.file("record/card/kept"), { recursive: true }).toString()).toContain(".flv");
  expect((await bytesOf(await ask(path))).equals(before)).toBe(true);
  expect(await (await keep("DELETE")).json()).toMatchObject({ isKept: false });
});
