import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { afterAll, afterEach, expect, it } from "vitest";
import { freshStateFolder } from "../state-folder.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints } from "./judges.ts";
import { until } from "./processes.ts";
import { Program, start, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const cameras = new Set<ChildProcess>();
afterEach(async () => {
  for (const camera of cameras) camera.kill("SIGKILL");
  await stopAll();
});
afterAll(() => folder.remove());

/** A camera that makes one IDR picture for ever, and 8 MB a second: after four seconds, its GOP is too large to keep. */
function film(program: Program): ChildProcess {
  const noise = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "640x360", "-r", "25", "-i", "/dev/urandom"];
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "1"];
  const endless = ["-x264-params", "keyint=infinite:scenecut=0", "-f", "h264", "-"];
  const camera = spawn("ffmpeg", ["-nostdin", "-v", "error", "-re", ...noise, ...coded, ...endless], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cameras.add(camera);
  camera.stdout.pipe(program.stdin, { end: false });
  return camera;
}

const WITHIN_MS = 60_000;

it("a newcomer to a stream that had one key frame waits for the next, and gets no answer before", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder() };
  const args = ["--device", "-", "--name", "drone", "--key-wait", "60s"];
  const program = start(args, { env, patienceMs: 2 * WITHIN_MS });
  const first = film(program);
  const url = await program.firstLine();
  const early = new Viewer(url);
  await early.until(({ recording }) => recording.pictures.length > 0);

  const head = () => fetch(url, { method: "HEAD" });
  await until("no GOP is kept", async () => (await head()).status === 503, WITHIN_MS);
  expect((await head()).headers.get("retry-after")).toBe("1");
  const newcomer = new Viewer(url);
  const warning = /stdin sends key frames more than 10 s apart, .* \(GOP\) of 1 to 2 s in the encoder/;
  await until("it is said", () => warning.test(program.stderr), WITHIN_MS);
  expect(program.stderr.match(new RegExp(warning, "g"))).toHaveLength(1);
  const status = await new Program(["status", "drone"], { env }).ended;
  expect(status.stdout).toMatch(/no\s+key\s+frame\s+for\s+\d\d\s+s/);
  expect(newcomer.head).toBe("");
  expect(early.recording.pictures.filter(({ isKey }) => isKey)).toHaveLength(1);

  first.kill("SIGKILL");
  await once(first, "close");
  film(program);
  await newcomer.until(({ recording }) => recording.pictures.length > 10);
  expect([newcomer.status, newcomer.recording.pictures[0]?.isKey]).toEqual([200, true]);
  const path = folder.file("newcomer.flv");
  writeFileSync(path, newcomer.bytes);
  expect(await decodeComplaints(path)).toBe("");
}, 130_000);

it("a newcomer is told why after --key-wait", async () => {
  const program = start(["--device", "-", "--name", "drone", "--key-wait", "1s"], {
    patienceMs: 2 * WITHIN_MS,
  });
  film(program);
  const url = await program.firstLine();
  await until("no GOP is kept", async () => !(await fetch(url, { method: "HEAD" })).ok, WITHIN_MS);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  const line =
    /^"drone" has sent no key frame for \d+ s, and players can only start at one; try again in a second\n$/;
  expect(await answer.text()).toMatch(line);
}, 70_000);
