import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { findProgram, mustRun } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { probeStreams } from "./judges.ts";
import { until } from "./processes.ts";
import { Program, start, stopAll } from "./program.ts";
import { makeSource, Publisher, publishing, publishUrl, stopPublishers } from "./publisher.ts";
import { freePort } from "./servers.ts";
import { expectUnbroken } from "./unbroken.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const source = folder.file("source.flv");
beforeAll(() => makeSource(source));
afterEach(async () => {
  await stopPublishers();
  await stopAll();
});
afterAll(() => folder.remove());

/** A stream that is published, and where. */
async function published(...args: readonly string[]) {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const stream = start(["door=rtmp", "--rtmp-port", "0", ...args], { env });
  const url = await publishUrl("door", env);
  return { stream, url, env };
}

interface Times {
  readonly ptsMs: number;
  readonly dtsMs: number;
}

async function videoTimes(path: string): Promise<readonly Times[]> {
  const { stdout } = await mustRun([
    ...[
      "ffprobe",
      "-v",
      "error",
      "-select_streams",
      "v",
      "-show_entries",
      "packet=pts,dts",
      "-of",
      "csv=p=0",
    ],
    path,
  ]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number))
    .map(([ptsMs = Number.NaN, dtsMs = Number.NaN]) => ({ ptsMs, dtsMs }));
}

/** As `DTS step/composition time`. */
const pattern = (times: readonly Times[]): readonly string[] =>
  times.slice(1).map(({ ptsMs, dtsMs }, index) => `${dtsMs - (times[index]?.dtsMs ?? 0)}/${ptsMs - dtsMs}`);

it.each(findFfmpegs())(
  "what %s publishes is watched, and its B-frames have the source's times",
  async (ffmpeg) => {
    const { stream, url } = await published();
    publishing(source, url, { ffmpeg });
    const viewer = new Viewer(await stream.firstLine());
    await viewer.watch(4);
    const path = folder.file(`${crypto.randomUUID()}.flv`);
    writeFileSync(path, viewer.bytes);
    const [video, audio] = await probeStreams(path);
    expect(video).toMatchObject({ codec_name: "h264", width: 160, height: 120, has_b_frames: 2 });
    expect(audio).toMatchObject({ codec_name: "aac" });
    const [own, theirs] = [pattern(await videoTimes(path)), pattern(await videoTimes(source))];
    expect(own.length).toBeGreaterThan(30);
    expect(theirs.join(" ")).toContain(own.join(" "));
    await expectUnbroken(viewer, folder);
  },
);

it.each(["rtmpsink", "rtmp2sink"])("what gstreamer's %s publishes is watched", async (sink) => {
  const hasGstreamer = findProgram("gst-inspect-1.0") !== null;
  if (!hasGstreamer || !(await isThere(sink)) || !(await isThere("x264enc"))) {
    console.log(`skipped: no gstreamer with ${sink} and x264enc here`);
    return;
  }
  const { stream, url } = await published();
  const video =
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=10/1 ! x264enc key-int-max=10";
  const muxed = "h264parse ! flvmux name=mux streamable=true";
  const location = sink === "rtmpsink" ? `${url} live=1` : url;
  const publisher = new Publisher([
    ...["gst-launch-1.0", "-q", ...video.split(" "), "!", ...muxed.split(" "), "!"],
    ...[sink, `location=${location}`],
  ]);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.watch(3);
  await publisher.stop();
  expect(viewer.recording.pictures.length).toBeGreaterThan(10);
  await expectUnbroken(viewer, folder);
});

async function isThere(element: string): Promise<boolean> {
  return await mustRun(["gst-inspect-1.0", element]).then(
    () => true,
    () => false,
  );
}

it("a wrong key and a second publisher are refused in words, and the first one goes on", async () => {
  const { stream, url } = await published();
  const first = publishing(source, url);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.until(() => viewer.recording.spanMs > 1000);
  const guess = publishing(source, url.replace(/key=.*/, "key=wrong-key-1"));
  expect(await guess.ended()).not.toBe(0);
  expect(guess.stderr).toContain("wrong stream name or key");
  const second = publishing(source, url);
  expect(await second.ended()).not.toBe(0);
  expect(second.stderr).toContain('"door" is already being published from 127.0.0.1');
  const before = viewer.recording.spanMs;
  await viewer.until(() => viewer.recording.spanMs > before + 1000);
  await first.stop();
  const key = url.replace(/.*key=/, "");
  expect([stream.stdout, stream.stderr].join("\n")).not.toContain(key);
});

it("a publisher that leaves and comes back finds its viewers where they were", async () => {
  const { stream, url, env } = await published();
  const first = publishing(source, url);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.until(() => viewer.recording.spanMs > 1500);
  await first.stop();
  await until("it is lost", () => stream.stderr.includes("publisher left"));
  const { stdout } = await new Program(["status", "door", "--json"], { env }).ended;
  expect(JSON.parse(stdout)).toMatchObject({ state: "degraded", publisher: null, reason: "deviceAbsent" });
  await delay(4000); // what is tested
  const [count, frames] = [viewer.recording.pictures.length, () => viewer.recording.pictures.length];
  publishing(source, url);
  await until("it is back", () => stream.stderr.match(/publisher joined/g)?.length === 2);
  await viewer.until(() => frames() > count + 20);
  await until("it is on air", async () => {
    const { stdout: now } = await new Program(["status", "door", "--json"], { env }).ended;
    return (JSON.parse(now) as { readonly state: string }).state === "on-air";
  });
  expect(viewer.hasLastChunk).toBe(false);
  viewer.leave();
  await expectUnbroken(viewer, folder);
});

it("a publisher that hangs is lost after --stall, and goes on with its next key frame", async () => {
  const { stream, url } = await published("--stall", "2s");
  const publisher = publishing(source, url);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.until(() => viewer.recording.spanMs > 1500);
  publisher.suspend();
  await until("it is lost", () => /sent no(thing| video) for/.test(stream.stderr), 60_000);
  publisher.resume();
  const count = viewer.recording.pictures.length;
  await viewer.until(() => viewer.recording.pictures.length > count + 20);
  expect(stream.stderr.match(/publisher joined/g)).toHaveLength(1);
  expect(stream.stderr).not.toContain("publisher left");
});

it("with a certificate it is published over TLS, and without TLS on the same port", async () => {
  const tls = ["--tls-cert", "test/fixtures/tls/cert.pem", "--tls-key", "test/fixtures/tls/key.pem"];
  const { stream, url } = await published(...tls);
  expect(url).toMatch(/^rtmps:\/\/127\.0\.0\.1:\d+\/live\/door\?key=/);
  const first = publishing(source, url);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.until(() => viewer.recording.spanMs > 1000);
  await first.stop();
  const count = viewer.recording.pictures.length;
  publishing(source, url.replace("rtmps", "rtmp"));
  await viewer.until(() => viewer.recording.pictures.length > count + 20);
});

it("the port of publishers that is taken is told in one line", async () => {
  const { url } = await published();
  const { port } = new URL(url.replace("rtmp", "http"));
  const { exitCode, stderr } = await start(["rtmp", "--rtmp-port", port]).ended;
  expect(exitCode).toBe(15);
  expect(stderr).toMatch(
    new RegExp(`^flvcast: port ${port} is already in use by .+; use --rtmp-port \\d+.*\\n$`),
  );
});

it("publish any: a name comes on the air with its publisher, and a reload ends it", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const file = folder.file("any.yml");
  const head = ["name: home", "listen: 127.0.0.1:0", "rtmp-port: 0"];
  const write = (...lines: readonly string[]) => writeFileSync(file, [...head, ...lines, ""].join("\n"));
  write("publish: any", "publish-key: right-key-1", "max-published: 1", "streams: { door: rtmp }");
  const server = new Program(["serve", "--config", file], { env });
  await server.firstLine();
  const door = await publishUrl("door", env);
  const at = (name: string, key = "right-key-1") => door.replace(/door\?.*/, `${name}?key=${key}`);
  publishing(source, at("phone"));
  const page = new URL(/http:\S+/.exec(server.stdout)?.[0] ?? "").origin;
  await until("it is on the air", async () => (await fetch(`${page}/live/phone.flv`)).ok, 30_000);
  const names = async () => {
    const { streams } = (await (await fetch(`${page}/api/v1/streams`)).json()) as Listed;
    return streams.map(({ name, state }) => `${name} ${state}`);
  };
  expect(await names()).toEqual(["door waiting", "phone on-air"]);
  const further = publishing(source, at("other"));
  await further.ended();
  expect(further.stderr).toContain("all 1 places for published streams are taken (max-published)");
  const ofFile = publishing(source, at("door"));
  await ofFile.ended();
  expect(ofFile.stderr).toContain("wrong stream name or key"); // it has a key of its own
  write("streams: { door: rtmp }");
  expect(await new Program(["reload"], { env }).ended).toMatchObject({ exitCode: 0 });
  expect(await names()).toEqual(["door waiting"]);
  expect((await fetch(`${page}/live/phone.flv`)).status).toBe(404);
});

it("in the background it starts as soon as it can be published", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const args = ["start", "door=rtmp", "--detach", "--port", "0", "--rtmp-port", "0"];
  const { exitCode, stdout, stderr } = await new Program(args, { env }).ended;
  expect([exitCode, stderr]).toEqual([
    0,
    // It is up with the first line; the second may have come by then.
    expect.stringMatching(
      /^flvcast: publish to rtmp:\S+\/live; print the stream key with: .*\n(flvcast: no publisher is connected; waiting for it\n)?$/,
    ),
  ]);
  publishing(source, await publishUrl("door", env));
  await until("it is on the air", async () => (await fetch(stdout.trimEnd())).ok, 30_000);
  expect(await new Program(["stop", "door"], { env }).ended).toMatchObject({ exitCode: 0 });
});

it("a server that any name may be published to needs no file, and says where, also in the background", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const nowhere = { env: { ...env, CONFIGURATION_DIRECTORY: folder.path } };
  const args = ["serve", "--publish", "any", "--port", "0", "--rtmp-port", "0"];
  const server = new Program([...args, "--detach"], nowhere);
  const { exitCode, stdout, stderr } = await server.ended;
  expect(exitCode).toBe(0);
  const where = /^rtmp:\/\/127\.0\.0\.1:\d+\/live$/;
  expect(stdout.trimEnd()).toMatch(where);
  expect(stderr).toContain(
    `publish to ${stdout.trimEnd()}; print the stream key with: flvcast url --publish`,
  );
  const door = await publishUrl(null, env);
  expect(door).toMatch(/\/live\/NAME\?key=/);
  publishing(source, door.replace("NAME", "phone"));
  await until("it is on the air", async () => {
    const status = await new Program(["status", "phone", "--json"], { env }).ended;
    return status.exitCode === 0 && (JSON.parse(status.stdout) as { state: string }).state === "on-air";
  });
  const again = await new Program(["serve", "--publish", "any", "--watch"], nowhere).ended;
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    "flvcast: --watch works only with a configuration file\n",
  ]);
  expect(await new Program(["stop", "flvcast"], { env }).ended).toMatchObject({ exitCode: 0 });
});

it("a reload moves the port of publishers, and the one who publishes stays", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const file = folder.file("moved.yml");
  const write = (port: number) =>
    writeFileSync(file, `listen: 127.0.0.1:0\nrtmp-port: ${port}\nstreams: { door: rtmp }\n`);
  write(0);
  const server = new Program(["serve", "--config", file], { env });
  const watched = (await server.firstLine()).replace(/^door +/, "");
  const before = await publishUrl("door", env);
  publishing(source, before);
  await until("it is on the air", async () => (await fetch(watched)).ok, 30_000);
  const viewer = new Viewer(watched);
  await viewer.until(() => viewer.recording.spanMs > 1000);
  write(await freePort());
  expect(await new Program(["reload"], { env }).ended).toMatchObject({ exitCode: 0 });
  const { spanMs } = viewer.recording;
  await viewer.until(({ recording }) => recording.spanMs > spanMs + 2000);
  const after = await publishUrl("door", env);
  expect(after).not.toBe(before);
  const [late, second] = [publishing(source, before), publishing(source, after)];
  await Promise.all([late.ended(), second.ended()]);
  expect(late.stderr).toContain("Connection refused");
  expect(second.stderr).toContain('"door" is already being published from 127.0.0.1');
  expect(server.stderr).not.toContain("publisher left");
  viewer.leave();
  await expectUnbroken(viewer, folder);
});

interface Listed {
  readonly streams: readonly { readonly name: string; readonly state: string }[];
}
