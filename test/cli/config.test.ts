import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runInit } from "../../src/cli/config.ts";
import { main } from "../../src/cli/main.ts";
import { machineOfListings } from "../system/fake-machine.ts";
import { FakeIo } from "./fake-io.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flvcast-config-"));
  path = join(folder, "house.yml");
});

afterEach(() => rm(folder, { recursive: true }));

async function run(...argv: readonly string[]) {
  const io = new FakeIo();
  const code = await main(["config", ...argv], {}, io.asIo);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("a right file is ok, with its streams", async () => {
  await writeFile(path, "streams: { a: test }", { mode: 0o600 });
  expect(await run("check", path)).toEqual({ code: 0, stdout: `${path}: ok, 1 stream\n`, stderr: "" });
});

test("a wrong one has its errors on stderr, and exits with 2", async () => {
  await writeFile(path, "prot: 80\nstreams: { a: test, b: { device: test, fps: x } }");
  expect(await run("check", path)).toEqual({
    code: 2,
    stdout: "",
    stderr: `flvcast: ${path} has 2 errors
  ${path}:1:1: prot: unknown; did you mean port?
  ${path}:2:45: streams.b.fps: x is not a frame rate: use frames per second, e.g. 30
`,
  });
});

test("the file for a machine without a camera is one to start from", async () => {
  const io = new FakeIo();
  expect(await runInit(io.asIo, machineOfListings("linux", {}))).toBe(0);
  await writeFile(path, io.stdout.text);
  expect((await run("check", path)).stdout).toBe(`${path}: ok, 1 stream\n`);
  const { stdout } = await run("show", path, "--origin");
  expect(stdout).toMatch(/^ {4}device: test +# .*house\.yml:\d+$/m);
});

test("the schema is printed for editors", async () => {
  const { stdout } = await run("schema");
  expect(JSON.parse(stdout)).toMatchObject({ title: "flvcast.yml", additionalProperties: false });
});
