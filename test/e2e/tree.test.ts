import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { streamDetailSchema } from "../../src/server/api/schemas.ts";
import { mustRun } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { childrenOf, until } from "./processes.ts";
import { Program, start, stopAll } from "./program.ts";
import type { VideoTag } from "./recording.ts";
import { freePort } from "./servers.ts";
import { expectUnbroken } from "./unbroken.ts";
import { Viewer } from "./viewer.ts";

/** Only what hangs takes so long. */
const WITHIN_MS = 60_000;

const folder = makeFolder();
const film = folder.file("film.mp4");
beforeAll(async () => {
  await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6"].concat([
      ...["-f", "lavfi", "-i", "sine=d=6", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25"],
      ...["-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", film],
    ]),
  );
});
afterEach(stopAll);
afterAll(() => folder.remove());

/** An edge: it reads another flvcast, and takes no ffmpeg that could be run. */
function edge(url: string, args: readonly string[] = []): Program {
  return new Program(["start", url, "--port", "0", "--name", "edge", "--ffmpeg", "/nowhere", ...args]);
}

const origin = (port = 0) =>
  start(["--device", film, "--loop", "--copy", "--name", "film", "--port", String(port)]);

/** A frame's bytes: no two frames have the same. */
const bytesOf = ({ units }: VideoTag) => Buffer.concat(units).toString("latin1");

/** How much later frames that both received are decoded and shown at the second. */
function offsetsMs(one: Viewer, other: Viewer): readonly string[] {
  const seen = new Map(one.recording.pictures.map((frame) => [bytesOf(frame), frame]));
  return other.recording.pictures.flatMap((frame) => {
    const same = seen.get(bytesOf(frame));
    if (same === undefined) return [];
    const shownLaterMs = frame.compositionTimeMs - same.compositionTimeMs;
    return [`${frame.timestampMs - same.timestampMs} ${shownLaterMs}`];
  });
}

async function expectDecodable(viewer: Viewer): Promise<void> {
  const path = folder.file(`${crypto.randomUUID()}.flv`);
  writeFileSync(path, viewer.bytes);
  const streams = await probeStreams(path);
  expect(streams.map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
  expect(streams[0]?.has_b_frames).toBeGreaterThan(0);
  expect(await decodeComplaints(path)).toBe("");
}

it("three in a row, over HTTP and a WebSocket, keep B-frames and all times, and run no ffmpeg", async () => {
  const first = origin();
  const firstUrl = await first.firstLine();
  const second = edge(firstUrl);
  const secondUrl = await second.firstLine();
  const third = edge(secondUrl.replace("http:", "ws:"));
  const thirdUrl = await third.firstLine();
  const [nearest, farthest] = [new Viewer(firstUrl), new Viewer(thirdUrl)];
  await Promise.all([nearest, farthest].map((viewer) => viewer.until((one) => one.recording.spanMs >= 4000)));
  for (const viewer of [nearest, farthest]) viewer.leave();
  const offsets = offsetsMs(nearest, farthest);
  expect(offsets.length).toBeGreaterThan(50);
  expect(new Set(offsets).size).toBe(1); // the same distance for all, decoded and shown
  expect(offsets[0]).toMatch(/ 0$/);
  await expectDecodable(farthest);
  expect([...childrenOf(second.pid), ...childrenOf(third.pid)]).toEqual([]);
  for (const program of [third, second, first]) await program.stopInOrder();
});

it("an edge on demand is connected only while somebody watches", async () => {
  const first = origin();
  const url = await first.firstLine();
  const viewersThere = async () => {
    const answer: unknown = await (await fetch(new URL("/api/v1/streams/film", url))).json();
    return streamDetailSchema.parse(answer).viewers;
  };
  const second = edge(url, ["--on-demand", "--linger", "1s"]);
  const edgeUrl = await second.firstLine();
  for (const _ of ["once", "again"]) {
    await until("nobody is connected to the origin", async () => (await viewersThere()) === 0, WITHIN_MS);
    const viewer = await new Viewer(edgeUrl).until(({ recording }) => recording.spanMs >= 1000);
    expect(await viewersThere()).toBe(1);
    expect(viewer.recording.pictures[0]?.isKey).toBe(true);
    viewer.leave();
  }
  await until("nobody is connected to the origin", async () => (await viewersThere()) === 0, WITHIN_MS);
  await second.stopInOrder();
});

it("an origin that is killed and comes back costs the edge's viewers nothing but its time", async () => {
  const port = await freePort();
  const first = origin(port);
  const url = await first.firstLine();
  const second = edge(url);
  const viewer = await new Viewer(await second.firstLine()).until(
    ({ recording }) => recording.spanMs >= 2000,
  );
  first.signal("SIGKILL");
  await first.ended;
  const fromMs = viewer.recording.spanMs;
  await viewer.until(({ recording }) => recording.spanMs >= fromMs + 2000); // filled meanwhile
  const again = origin(port);
  await again.firstLine();
  await until("it is back", () => second.stderr.includes("is back"), WITHIN_MS);
  const backMs = viewer.recording.spanMs;
  await viewer.until(({ recording }) => recording.spanMs >= backMs + 3000);
  viewer.leave();
  await expectUnbroken(viewer, folder);
  expect(second.stderr).toMatch(/input-lost|retrying/);
  await second.stop();
});

it("an edge that asks for what takes an encoder has its input opened by ffmpeg, as before", async () => {
  const first = origin();
  const url = await first.firstLine();
  const second = start([url, "--size", "160x120", "--name", "small"]);
  const viewer = await new Viewer(await second.firstLine()).until(({ recording }) => recording.spanMs >= 500);
  viewer.leave();
  expect(childrenOf(second.pid)).toHaveLength(1);
  await second.stop();
  const dryRun = new Program(["start", url, "--dry-run"]);
  expect((await dryRun.ended).stdout).toMatch(/^# http:.* is read without ffmpeg\n$/);
});

it("options that need an encoder are refused where nothing else than flvcast could read it", async () => {
  for (const [device, option] of [
    ["ws://127.0.0.1:1/live/film.flv", "--bitrate=1M"],
    ["rtmp", "--rotate=90"],
  ] as const) {
    const { exitCode, stderr } = await new Program(["start", device, option]).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^flvcast: --\w+ has no effect on /);
  }
});
