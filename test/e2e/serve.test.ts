import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { holdersIn } from "../../src/control/name-lock.ts";
import { freshStateFolder } from "../state-folder.ts";
import { makeFolder } from "./folder.ts";
import { childrenOf, isRunning, until } from "./processes.ts";
import { type End, Program, stopAll } from "./program.ts";
import { steps } from "./recording.ts";
import { expectUnbroken, longestGapMs, settingsSent } from "./unbroken.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const file = folder.file("flvcast.yml");
let state: string;
beforeEach(() => (state = freshStateFolder()));
/** A server that was detached is nobody's child. */
afterEach(async () => {
  await stopAll();
  for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
});
afterAll(() => folder.remove());

const head = [
  ...["name: home", "listen: 127.0.0.1:0"],
  "defaults: { size: 160x120, fps: 5, encoder: libx264, audio: none }",
  "streams:",
];
/** The file of a server with these streams. */
const write = (streams: Readonly<Record<string, string>>, top: readonly string[] = head) =>
  writeFileSync(
    file,
    [...top, ...Object.entries(streams).map(([name, stream]) => `  ${name}: ${stream}`), ""].join("\n"),
  );

const flvcast = (...args: readonly string[]) => new Program(args, { env: { RUNTIME_DIRECTORY: state } });
const end = (...args: readonly string[]): Promise<End> => flvcast(...args).ended;

/** A server that runs, and the URL of each of its streams. */
async function serve(count: number, ...args: readonly string[]) {
  const server = flvcast("serve", "--config", file, ...args);
  await server.firstLine();
  await until("a line for each stream", () => server.stdout.split("\n").length > count);
  const lines = server.stdout.trimEnd().split("\n");
  const urls = Object.fromEntries(lines.map((line) => line.split(/ {2,}/))) as Record<string, string>;
  const url = (name: string) => urls[name] ?? new URL(`/live/${name}.flv`, Object.values(urls)[0]).href;
  return { server, lines, url };
}

const framesOf = (viewer: Viewer) => viewer.recording.pictures.length;
const goesOn = async (viewer: Viewer, frames = 8) => {
  const before = framesOf(viewer);
  return await viewer.until(() => framesOf(viewer) >= before + frames);
};

it("each stream of a file is watched, and a reload touches no other than those that changed", async () => {
  const untouched = ["a", "b", "c"];
  const same = { a: "test", b: "test", c: "test" };
  write({ ...same, changed: "test", gone: "test" });
  const { server, lines, url } = await serve(5);
  expect(lines.map((line) => line.split("  ")[0])).toEqual(["a", "b", "c", "changed", "gone"]);
  const watch = async (name: string) => await goesOn(new Viewer(url(name)));
  const stay = await Promise.all(untouched.map(watch));
  const [changed, gone] = await Promise.all([watch("changed"), watch("gone")]);

  write({ new: "test", ...same, changed: "{ device: test, size: 320x240 }" });
  expect(await end("reload")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  await gone.toTheEnd();
  expect(gone.hasLastChunk).toBe(true);
  expect((await fetch(url("gone"))).status).toBe(404);
  await changed.until(() => settingsSent(changed.recording) > 1);
  await goesOn(changed);
  await watch("new");
  const late = await Promise.all(untouched.map(watch));
  await Promise.all(stay.map((viewer) => goesOn(viewer)));

  for (const [index, viewer] of stay.entries()) {
    expect([settingsSent(viewer.recording), longestGapMs(viewer.recording)]).toEqual([1, 200]);
    const tail = late[index]?.recording.pictures ?? [];
    const [first] = tail;
    const from = viewer.recording.pictures.findIndex(({ timestampMs }) => timestampMs === first?.timestampMs);
    expect(from).toBeGreaterThan(0);
    expect(viewer.recording.pictures.slice(from, from + 8)).toEqual(tail.slice(0, 8));
  }
  expect(changed.hasLastChunk).toBe(false);
  expect(Math.min(...steps(changed.recording.pictures))).toBeGreaterThan(0);
  await expectUnbroken(changed, folder);
  const { stdout } = await end("status", "home", "--json");
  const statuses = JSON.parse(stdout) as { name: string; restarts: number; size: string; viewers: number }[];
  expect(statuses.map(({ name, restarts, size }) => `${name} ${restarts} ${size}`)).toEqual([
    ...["a 0 160x120", "b 0 160x120", "c 0 160x120", "changed 0 320x240", "new 0 160x120"],
  ]);
  const api = (await (await fetch(new URL("/api/v1/streams", url("a")))).json()) as {
    streams: { name: string }[];
  };
  expect(api.streams.map(({ name }) => name)).toEqual(["new", "a", "b", "c", "changed"]);
  server.signal("SIGTERM");
  const stopped = await server.ended;
  expect(stopped.exitCode).toBe(0);
  expect(stopped.stderr).toBe(
    'flvcast: configuration reloaded: added "new", removed "gone", changed "changed"\n',
  );
  expect(stay.every(({ hasLastChunk }) => hasLastChunk)).toBe(true);
}, 120_000);

it("a device that is absent and a stream that fails harm no other", async () => {
  write({ well: "test", absent: "/no/such.mp4", fails: "{ device: test, ffmpeg: /no/ffmpeg }" });
  const { server, url } = await serve(3);
  const viewer = await goesOn(new Viewer(url("well")));
  expect((await fetch(url("absent"))).status).toBe(503);
  await until("the failure was told", () => /"fails": .*retrying in/.test(server.stderr));
  expect(server.stderr).toMatch(/^flvcast: "absent": .*; waiting for it$/m);
  expect(await end("status", "--healthy")).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^"absent": waiting for /) as string,
  });
  expect(await end("status", "--healthy", "home/well")).toMatchObject({ exitCode: 0, stdout: "" });
  await goesOn(viewer);
  expect([settingsSent(viewer.recording), longestGapMs(viewer.recording)]).toEqual([1, 200]);
  expect((await server.stop()).exitCode).toBe(0);
}, 60_000);

it("a file that is wrong changes nothing, whoever asks for the reload, and each fault is told", async () => {
  write({ door: "test" });
  const { server, url } = await serve(1);
  const viewer = await goesOn(new Viewer(url("door")));
  write({ door: "{ device: test, sise: 3, fps: fast }" });
  const refused = await end("reload", "home");
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toMatch(
    /has 2 errors\n.*:5:\d+: streams\.door\.sise: .*\n.*:5:\d+: streams\.door\.fps: /,
  );
  write({ door: "{ device: test, sise: 3 }" });
  server.signal("SIGHUP");
  await until("the second refusal was told", () => server.stderr.split("nothing has changed").length > 2);
  await goesOn(viewer);
  expect([settingsSent(viewer.recording), longestGapMs(viewer.recording)]).toEqual([1, 200]);
  // and one that is right is taken, by a signal, too
  write({ door: "test", yard: "test" });
  server.signal("SIGHUP");
  await until("the added stream", async () => (await fetch(url("yard"), { method: "HEAD" })).status === 200);
  await server.stop();
}, 60_000);

it("a stream of a server is stopped and started by its name, and its name is nobody else's", async () => {
  write({ door: "test", yard: "test" });
  const { server, url } = await serve(2);
  const other = await end("start", "--name", "door", "test", "--port", "0");
  expect(other).toMatchObject({
    exitCode: 16,
    stderr: expect.stringMatching(/"door" is already running/) as string,
  });
  expect(await end("stop", "home/door")).toMatchObject({
    exitCode: 0,
    stderr: 'flvcast: stopped "door"; start it again with: flvcast restart door, or flvcast reload home\n',
  });
  expect((await fetch(new URL("/live/door.flv", url("x")))).status).toBe(404);
  expect(await end("restart", "door")).toMatchObject({ exitCode: 0 });
  await until("door is on the air", async () => (await end("status", "--healthy", "door")).exitCode === 0);
  expect((await end("url", "home")).stdout.trim().split("\n")).toHaveLength(2);
  expect(await end("stop", "home")).toMatchObject({ exitCode: 0 });
  expect(await server.ended).toMatchObject({ exitCode: 0 });
}, 60_000);

it("a name that is held elsewhere is waited for, and the other streams run", async () => {
  const first = flvcast("start", "door=test", "--port", "0", "--size", "160x120", "--encoder", "libx264");
  await first.firstLine();
  write({ door: "test", yard: "test" });
  const { server, url } = await serve(2);
  expect(server.stderr).toMatch(/^flvcast: "door": another stream has this name \(pid \d+\); retrying in/m);
  await goesOn(new Viewer(url("yard")));
  await first.stop();
  await until(
    "door is on the air",
    async () => (await end("status", "--healthy", "home/door")).exitCode === 0,
  );
  await server.stop();
}, 60_000);

it("a server moves to another port and gets a token while those inside stay", async () => {
  write({ door: "test" });
  const { server, url } = await serve(1);
  const viewer = await goesOn(new Viewer(url("door")));
  const token = "a-token-that-nobody-guesses";
  write({ door: "test" }, [...["name: home", "listen: 127.0.0.2:0", `token: ${token}`], ...head.slice(2)]);
  expect(await end("reload")).toMatchObject({ exitCode: 0 });
  await expect(fetch(url("door"))).rejects.toThrow("fetch failed");
  const [moved = ""] = (await end("url", "door")).stdout.split("\n");
  expect(moved).toMatch(new RegExp(`^http://127\\.0\\.0\\.2:\\d+/live/door\\.flv\\?token=${token}$`));
  expect((await fetch(moved.replace(/\?.*/, ""))).status).toBe(401);
  await goesOn(new Viewer(moved));
  await goesOn(viewer);
  expect([settingsSent(viewer.recording), longestGapMs(viewer.recording)]).toEqual([1, 200]);
  await server.stop();
}, 60_000);

it("a detached server prints its lines, keeps a log of each stream, and leaves no ffmpeg when it is killed", async () => {
  write({ door: "test", gone: "/no/such.mp4" });
  const started = await end("serve", "--config", file, "--detach");
  expect(started).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^door {2}http:.*\ngone {2}http:.*\n$/) as string,
  });
  expect(await end("serve", "--config", file)).toMatchObject({ exitCode: 16 });
  const log = await end("logs", "gone");
  expect(log.stdout.split("\n")).toEqual([expect.stringMatching(/ flvcast: "gone": .*waiting for it$/), ""]);
  expect((await end("logs", "home")).stdout).toContain('starting "home"');
  const [holder] = await holdersIn(state);
  const pid = holder?.pid ?? 0;
  const children = childrenOf(pid);
  expect(children.length).toBeGreaterThan(0);
  process.kill(pid, "SIGKILL");
  await until("no ffmpeg is left", () => !children.some(isRunning));
}, 60_000);

it("two devices of a start are streams of one server, which ends with the last of them", async () => {
  const small = ["--size", "160x120", "--fps", "5", "--encoder", "libx264", "--audio", "none", "--port", "0"];
  const program = flvcast("start", "front=test", "back=test", ...small);
  await program.firstLine();
  await until("two lines", () => program.stdout.split("\n").length > 2);
  const urls = program.stdout.trim().split("\n");
  expect(urls.map((line) => line.replace(/:\d+\//, ":PORT/"))).toEqual([
    "front  http://127.0.0.1:PORT/live/front.flv",
    "back  http://127.0.0.1:PORT/live/back.flv",
  ]);
  const viewers = urls.map((line) => new Viewer(line.split("  ")[1] ?? ""));
  await Promise.all(viewers.map((viewer) => goesOn(viewer)));
  expect(await end("stop", "front")).toMatchObject({ exitCode: 0 });
  await viewers[0]?.toTheEnd();
  await Promise.all(viewers.slice(1).map((viewer) => goesOn(viewer)));
  expect(await end("stop", "back")).toMatchObject({ exitCode: 0 });
  expect(await program.ended).toMatchObject({ exitCode: 0 });
}, 60_000);

it("a configuration with faults, and one that is missing, end the server with exit code 2", async () => {
  write({ door: "{ device: test, sise: 3 }" });
  expect(await end("serve", "--config", file)).toMatchObject({
    ...{ exitCode: 2, stdout: "" },
    stderr: expect.stringMatching(/streams\.door\.sise/) as string,
  });
  expect(await end("serve", "--config", folder.file("none.yml"))).toMatchObject({ exitCode: 2 });
}, 60_000);
