import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type StreamDetail, streamDetailSchema } from "../../src/server/api/schemas.ts";
import { mustRun } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { childrenOf, until } from "./processes.ts";
import { Program, start, stopAll } from "./program.ts";
import { startRtspCamera } from "./rtsp-camera.ts";
import { Viewer } from "./viewer.ts";

const LINGER_MS = 1000;
/** What is late by more than this beside ten busy processes is late for another reason. */
const WITHIN_MS = 60_000;

const folder = makeFolder();
const clip = join(folder.path, "clip.mp4");
beforeAll(async () => {
  await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4"].concat([
      ...["-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25"],
      ...["-pix_fmt", "yuv420p", "-c:a", "aac", clip],
    ]),
  );
});
afterEach(stopAll);
afterAll(() => folder.remove());

const test = ["--device", "test", "--size", "320x240"];
const film = ["--device", clip, "--loop", "--copy"];

let ffmpegs = 0;

/** ffmpeg, each of whose starts is written down. */
function countedFfmpeg() {
  const path = join(folder.path, `ffmpeg-${++ffmpegs}`);
  const log = `${path}.log`;
  writeFileSync(log, "");
  writeFileSync(path, `#!/bin/sh\necho "$*" >> "${log}"\nexec ffmpeg "$@"\n`, { mode: 0o755 });
  return { path, starts: () => readFileSync(log, "utf8").split("\n").length - 1 };
}

/** A stream on demand that has been checked, and sleeps; from then on its ffmpegs are counted. */
async function idle(device: readonly string[]) {
  const env = { RUNTIME_DIRECTORY: freshStateFolder() };
  const ffmpeg = countedFfmpeg();
  const args = [...device, "--name", "cam", "--ffmpeg", ffmpeg.path];
  const program = start([...args, "--on-demand", "--linger", `${LINGER_MS / 1000}s`], { env });
  const url = await program.firstLine();
  await isIdle(program);
  const before = ffmpeg.starts();
  return { program, url, env, starts: () => ffmpeg.starts() - before };
}

const isIdle = async (program: Program) =>
  await until("nothing runs", () => childrenOf(program.pid).length === 0, WITHIN_MS);
const statusAt = async (url: string): Promise<StreamDetail> => {
  const answer: unknown = await (await fetch(new URL("/api/v1/streams/cam", url))).json();
  return streamDetailSchema.parse(answer);
};
const state = async (url: string) => (await statusAt(url)).state;

/** What processes have this file open. */
function openers(path: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => filesOf(pid).includes(path));
}

function filesOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return []; // it has gone
  }
}

describe("a stream on demand", () => {
  it("is checked at the start, and then neither runs nor has its input open", async () => {
    const { url, starts } = await idle(film);
    await until("it is idle", async () => (await state(url)) === "idle");
    expect(openers(clip)).toEqual([]);
    const readiness = await fetch(new URL("/readyz", url));
    expect([readiness.status, await readiness.text()]).toMatchObject([200, /^ready\ncam is idle since /]);
    for (const path of ["/", "/watch/cam", "/metrics", "/api/v1/streams/cam"])
      expect((await fetch(new URL(path, url))).status).toBe(200);
    for (const path of ["/live/cam.flv", "/live/cam.jpg"])
      expect((await fetch(new URL(path, url), { method: "HEAD" })).status).toBe(200);
    expect([starts(), openers(clip)]).toEqual([0, []]);
  });

  it("plays to those who come, and closes its input after them", async () => {
    const { program, url, starts } = await idle(film);
    for (const round of [1, 2]) {
      const viewer = await new Viewer(url).until(({ recording }) => recording.spanMs >= 500);
      expect(openers(clip).length).toBeGreaterThan(0);
      const [first] = viewer.recording.pictures;
      expect([viewer.status, first?.isKey, first?.timestampMs]).toEqual([200, true, 0]);
      const path = join(folder.path, `woken-${round}.flv`);
      writeFileSync(path, viewer.bytes);
      expect((await probeStreams(path)).map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
      expect(await decodeComplaints(path)).toBe("");
      viewer.leave();
      const leftMs = performance.now();
      await until("the file is closed", () => openers(clip).length === 0, WITHIN_MS);
      const heldMs = performance.now() - leftMs;
      expect(heldMs).toBeGreaterThanOrEqual(LINGER_MS - 50);
      await isIdle(program);
    }
    expect(starts()).toBe(2); // neither its version is asked for, nor the file looked at
    await program.stopInOrder();
  });

  it("starts one ffmpeg for fifty who come at once, and forgets those who leave meanwhile", async () => {
    const { program, url, starts } = await idle([...test, "--audio", "none"]);
    const viewers = Array.from({ length: 50 }, () => new Viewer(url));
    const leaving = Array.from({ length: 10 }, () => new Viewer(url));
    await until("it starts", () => starts() > 0, WITHIN_MS);
    for (const viewer of leaving) viewer.leave();
    await Promise.all(viewers.map((viewer) => viewer.until(({ recording }) => recording.spanMs >= 200)));
    expect(starts()).toBe(1);
    expect((await statusAt(url)).viewers).toBe(50);
    for (const viewer of viewers) viewer.leave();
    await isIdle(program);
  });

  it("goes on where the only one who waits leaves before it has started", async () => {
    const { program, url, starts } = await idle(test);
    const viewer = new Viewer(url);
    await until("it starts", () => starts() > 0, WITHIN_MS);
    viewer.leave();
    await isIdle(program);
    await until("it is idle", async () => (await state(url)) === "idle", WITHIN_MS);
    const next = await new Viewer(url).until(({ recording }) => recording.pictures.length > 5);
    expect(next.status).toBe(200);
    next.leave();
  });

  it("plays over a WebSocket, and takes a picture for one who asks for that", async () => {
    const { program, url, env, starts } = await idle(test);
    const socket = new WebSocket(url.replace("http", "ws"));
    const [first] = await once(socket, "message");
    expect(first.toString("latin1", 0, 3)).toBe("FLV");
    socket.terminate();
    await isIdle(program);
    const wokenMs = Date.now();
    const picture = await fetch(url.replace(".flv", ".jpg"));
    expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    // In whole seconds; it is of after the request, not the last one before the stream slept.
    expect(Date.parse(picture.headers.get("last-modified") ?? "")).toBeGreaterThan(wokenMs - 1000);
    await isIdle(program);
    const path = join(folder.path, "snapshot.jpg");
    const saved = await new Program(["snapshot", "cam", "-o", path], { env }).ended;
    expect([saved.exitCode, (await probeStreams(path))[0]?.codec_name]).toEqual([0, "mjpeg"]);
    expect(starts()).toBe(5); // a stream each time, and a decoder for each picture
  });

  it("says why it cannot start, and starts when what was missing is back", async () => {
    const moved = join(folder.path, "moved.mp4");
    const { program, url } = await idle(film);
    renameSync(clip, moved);
    try {
      const began = performance.now();
      const answer = await fetch(url);
      expect([answer.status, await answer.text()]).toMatchObject([503, /^"cam" cannot start: .*; try again/]);
      expect(performance.now() - began).toBeLessThan(WITHIN_MS);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(program.stderr).toMatch(/cannot start "cam": .*moved|cannot start "cam": .*clip\.mp4/);
      const status = await statusAt(url);
      expect([status.state, typeof status.reason]).toEqual(["idle", "string"]);
    } finally {
      renameSync(moved, clip);
    }
    await until("it plays again", async () => (await watched(url)) === 200, WITHIN_MS);
    await isIdle(program);
  });

  it("ends with --exit-idle, and the viewer who has it started by its socket is held until it runs", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    // node tells the number of a server's descriptor nowhere else
    const { fd } = Reflect.get(holder, "_handle") as { readonly fd: number };
    const asSystemd = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh"];
    const args = [...test, "--name", "cam", "--encoder", "libx264", "--on-demand", "--linger", "1s"];
    const program = new Program(["start", ...args, "--exit-idle", "2s"], { runBy: asSystemd, passedFd: fd });
    holder.close(); // the socket is flvcast's alone, which takes nobody yet
    const viewer = new Viewer(`http://127.0.0.1:${port}/live/cam.flv`);
    await viewer.until(({ recording }) => recording.pictures.length > 5);
    expect(viewer.status).toBe(200);
    viewer.leave();
    const { exitCode, stderr } = await program.ended;
    expect([exitCode, stderr]).toMatchObject([0, /no viewers for 2 s; exiting \(--exit-idle\)/]);
  });
});

/** The status of an answer, whose stream is not taken. */
async function watched(url: string): Promise<number> {
  const answer = await fetch(url);
  await answer.body?.cancel();
  return answer.status;
}

it("an RTSP camera is asked for its stream, and not what is in it", async () => {
  const camera = await startRtspCamera(600, { gopFrames: 25, hasSprop: true });
  try {
    const { program, url, starts } = await idle(["--device", camera.url, "--copy", "--audio", "none"]);
    const { plays } = camera;
    const viewer = await new Viewer(url).until(({ recording }) => recording.pictures.length > 5);
    expect([viewer.recording.pictures[0]?.isKey, starts(), camera.plays - plays]).toEqual([true, 1, 1]);
    viewer.leave();
    await isIdle(program);
  } finally {
    await camera.stop();
  }
});
