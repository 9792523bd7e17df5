import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder } from "./folder.ts";
import { decodeComplaints } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { adapted, recipeBlocks } from "./recipes.ts";
import { freePort } from "./servers.ts";

const folder = makeFolder();
let port: number;
let recorder: ChildProcess;

beforeAll(async () => {
  port = await freePort();
  const loop = recipeBlocks("viewers", "sh").find((block) => block.includes("ffmpeg")) ?? "";
  const here = adapted(loop, { "127.0.0.1:8080": `127.0.0.1:${port}` });
  recorder = spawn("sh", ["-c", here], { cwd: folder.path, stdio: "ignore", detached: true });
});
afterAll(async () => {
  const ended = once(recorder, "close");
  process.kill(-(recorder.pid ?? 0), "SIGKILL"); // the loop and its ffmpeg
  await ended;
  await stopAll();
  folder.remove();
});

/** The recordings, in the order in which they were begun. */
const recordings = () =>
  readdirSync(folder.path)
    .map((name) => folder.file(name))
    .toSorted();

/** Only what hangs takes so long. */
const PATIENCE_MS = 150_000;

/** Streams until there are so many recordings, each of which ffmpeg begins once it knows the stream; then stops. */
async function streamUntil(count: number): Promise<void> {
  const test = ["--device", "test", "--name", "garden", "--size", "160x120", "--port", String(port)];
  const program = start(test, { patienceMs: 2 * PATIENCE_MS });
  await program.firstLine();
  await expect.poll(() => recordings().length, { timeout: PATIENCE_MS }).toBe(count);
  await program.stop();
}

it(
  "ffmpeg in the loop of docs/recipes/viewers.md records on, in a new file, when a stream comes back",
  async () => {
    await streamUntil(1);
    await streamUntil(2);
    for (const path of recordings()) await expect.poll(() => decodeComplaints(path)).toBe("");
  },
  3 * PATIENCE_MS,
);
