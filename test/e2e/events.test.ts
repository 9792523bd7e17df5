import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PublicEvent } from "../../src/events/public-event.ts";
import { mustRun } from "../run.ts";
import { fakeArgs, living, picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { isRunning, until } from "./processes.ts";
import { start, stopAll } from "./program.ts";
import { longestGapMs } from "./unbroken.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const film = folder.file("film.mp4");
const small = ["--device", "test", "--audio", "none", "--size", "320x240", "--fps", "25"] as const;
const MINUTE_MS = 60_000;

beforeAll(async () => {
  const picture = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=60"];
  const h264 = ["-c:v", "libx264", "-preset", "superfast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p"];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...picture, ...h264, film]);
});
afterEach(stopAll);
afterAll(() => folder.remove());

const textOf = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** A program for `--on-event`, in a folder of its own, where it may write to `events`, `env` and `pid`. */
function hook(...lines: readonly string[]) {
  const own = mkdtempSync(join(folder.path, "hook-"));
  const path = join(own, "hook");
  writeFileSync(path, ["#!/bin/sh", `cd '${own}'`, ...lines, ""].join("\n"), { mode: 0o755 });
  return {
    path,
    env: () => textOf(join(own, "env")),
    pid: () => Number(textOf(join(own, "pid"))),
    events: () =>
      textOf(join(own, "events"))
        .split("\n")
        .slice(0, -1) // what follows the last newline
        .map((line) => JSON.parse(line) as PublicEvent),
  };
}

const namesOf = (events: readonly PublicEvent[]) => events.map(({ event }) => event);

it("a program hears of the stream, of its viewers and of its end, and of no token", async () => {
  const { path, events, env } = hook("cat >>events", "env >>env");
  const token = "a-token-of-24-characters";
  const program = start([...small, "--on-event", path, "--auth", "token"], { env: { FLVCAST_TOKEN: token } });
  const url = await program.firstLine();
  const viewer = new Viewer(`${url}?token=${token}`);
  await viewer.until(({ recording }) => recording.spanMs > 300);
  viewer.leave();
  await until("the last one has left", () => namesOf(events()).includes("unwatched"), MINUTE_MS);
  const loyal = new Viewer(`${url}?token=${token}`);
  await loyal.until(({ recording }) => recording.spanMs > 300);
  expect((await program.stop()).exitCode).toBe(0);
  const visit = ["viewer-joined", "watched", "viewer-left", "unwatched"];
  expect(namesOf(events())).toEqual(["stream-up", ...visit, ...visit, "stream-down"]);
  expect(events()[0]).toMatchObject({
    server: "test",
    stream: "test",
    state: "on-air",
    url,
    text: '"test" is up',
  });
  expect(events()[1]).toMatchObject({ viewer: { address: "127.0.0.1" }, viewers: 1 });
  expect(events()[9]).toMatchObject({ state: "ended", previous: "on-air", text: '"test" has ended', url });
  expect(env()).toContain(`FLVCAST_URL=${url}`);
  expect(JSON.stringify(events()) + env()).not.toContain(token);
});

it("a camera that goes dark is down five seconds later, and up as soon as it is back", async () => {
  const { path, events } = hook("cat >>events");
  const camera = [{ replay: { 1: picturesPath }, seconds: 2 }, { stderr: "No such device" }, { exit: 1 }];
  const back = [{ waitMs: 10_000 }, { replay: { 1: picturesPath }, seconds: 2 }, { stall: true }];
  const program = start([...fakeArgs, "--on-event", path], living(folder, { video: [camera, back] }));
  await program.firstLine();
  await until("the camera is back", () => namesOf(events()).includes("input-back"), MINUTE_MS);
  expect(namesOf(events()).slice(0, 5)).toEqual([
    ...["stream-up", "input-lost", "stream-down", "stream-up", "input-back"],
  ]);
  const [, lost, down, up] = events();
  expect(lost).toMatchObject({ input: "test", state: "degraded" });
  expect(down).toMatchObject({ state: "degraded", previous: "on-air", reason: lost?.reason });
  expect(down?.text).toMatch(/^"test" is down: test: .*No such device/);
  expect((up?.atMs ?? 0) - (down?.atMs ?? 0)).toBeGreaterThan(5000);
  await program.stop();
});

describe("a program that hangs", () => {
  it("does not touch the stream, nor hold up its end, and leaves nothing behind", async () => {
    const { path, pid } = hook("trap '' TERM", "echo $$ >pid", "while :; do sleep 0.1; done");
    const program = start(["--device", film, "--copy", "--on-event", path]);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => pid() > 0 && recording.spanMs > 4000);
    expect(isRunning(pid())).toBe(true);
    expect(longestGapMs(viewer.recording)).toBeLessThanOrEqual(41); // 25 frames a second
    const { exitCode, stderr } = await program.stop();
    expect(exitCode).toBe(0);
    await viewer.toTheEnd();
    expect(viewer.hasLastChunk).toBe(true);
    expect(stderr).toMatch(/hook \S+ was stopped: it was still running at the end/);
    expect(stderr).toMatch(/hook \S+ missed \d events/);
    expect(isRunning(pid())).toBe(false);
  });

  it("ends with a second signal", async () => {
    const { path, pid } = hook("trap '' INT TERM", "echo $$ >pid", "while :; do sleep 0.1; done");
    const program = start([...small, "--on-event", path]);
    await program.firstLine();
    await until("it runs", () => pid() > 0, MINUTE_MS);
    program.signal("SIGINT");
    program.signal("SIGTERM");
    expect([130, 143]).toContain((await program.ended).exitCode);
    await until("it has gone", () => !isRunning(pid()), MINUTE_MS);
  });
});

it("a program that is not there is a warning, and no reason to end", async () => {
  const program = start([...small, "--on-event", "/nonexistent/hook --all"]);
  const viewer = new Viewer(await program.firstLine());
  await viewer.until(({ recording }) => recording.spanMs > 300);
  viewer.leave();
  const { exitCode, stderr } = await program.stop();
  expect(exitCode).toBe(0);
  expect(stderr.match(/hook \/nonexistent\/hook could not be started: program not found/g)).toHaveLength(1);
  expect(stderr).not.toContain("--all");
});
