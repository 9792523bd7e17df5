import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { flvcastProgram } from "../start-flvcast.ts";

const flvcast = (...args: string[]) =>
  spawnSync(process.execPath, [flvcastProgram, ...args], { encoding: "utf8" });

test("the built command prints its version", () => {
  expect(flvcast("--version")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: "",
  });
});

test("the built command refuses what cannot be with its exit code", () => {
  expect(flvcast("start", "--device", "test", "--fps", "0")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: "flvcast: --fps 0 is out of range: use more than 0 and up to 240, e.g. --fps 30\n",
  });
});

test("a command that will never end says so, where node would end it with 0 and not a word", () => {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-"));
  try {
    cpSync(flvcastProgram, join(folder, "bin/flvcast.js"));
    mkdirSync(join(folder, "dist/cli"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(folder, "dist/cli/main.js"),
      "export const main = () => new Promise(() => undefined);",
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "bin/flvcast.js")], {
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^flvcast: nothing is left to wait for[^\n]*\n$/),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a command that was not built says what to run", () => {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-"));
  try {
    cpSync(flvcastProgram, join(folder, "bin/flvcast.js"));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin/flvcast.js")], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "flvcast: not built yet: run npm start, which sets up everything, or npm run build\n",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
