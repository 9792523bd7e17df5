import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
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
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "dist/run.cjs"), "exports.main = () => new Promise(() => undefined);");
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

describe("what node has compiled", () => {
  const cache = mkdtempSync(join(tmpdir(), "flvcast-code-"));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [flvcastProgram, ...args], {
      encoding: "utf8",
      env: { ...process.env, CACHE_DIRECTORY: cache, RUNTIME_DIRECTORY: cache },
    });
  const kept = (command: string) => {
    const name = readdirSync(join(cache, "code")).find((file) => file.startsWith(`${command}-`));
    return join(cache, "code", name ?? "nothing");
  };
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  test.each([
    ["help", ["--version"]],
    ["start", ["start", "test", "--port", "0", "--encoder", "libx264", "--duration", "0.5"]],
  ])("is kept from one run to the next, and used: %s", (command, args) => {
    expect(run(...args)).toMatchObject({ status: 0 });
    const { ino } = statSync(kept(command));
    expect(run(...args)).toMatchObject({ status: 0 });
    expect(statSync(kept(command)).ino).toBe(ino); // what is refused is written anew
  });

  test("is made anew where another build, or something else, has left it", () => {
    const code = readFileSync(kept("help"));
    const other = Buffer.alloc(code.length);
    other.writeUInt32LE(crc32(other.subarray(4)));
    writeFileSync(kept("help"), other);
    expect(run("--version")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(kept("help")).equals(other)).toBe(false);
    expect(run("--version")).toMatchObject({ status: 0, stderr: "" });
  });

  test("is done without where no cache can be", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [flvcastProgram, "--version"], {
      encoding: "utf8",
      env: { ...process.env, CACHE_DIRECTORY: "/dev/null" },
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d/),
      stderr: "",
    });
  });
});
