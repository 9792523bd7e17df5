import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serverKey } from "../../src/control/server-key.ts";
import { FakeIo } from "./fake-io.ts";
import { RunningStreams } from "./running-streams.ts";

let streams: RunningStreams;
beforeEach(() => {
  streams = new RunningStreams();
});
afterEach(() => streams.close());

const well = { code: 0, stdout: "", stderr: "" };

describe.each(["stop", "restart"])("%s", (command) => {
  test("is done to the only stream, or to the one that is named", async () => {
    const door = await streams.add("door");
    expect(await streams.run([command])).toEqual(well);
    expect(door.calls).toEqual([command]);
    await streams.close();
    const [garden, yard] = [await streams.add("garden"), await streams.add("yard")];
    expect(await streams.run([command, "yard"])).toEqual(well);
    expect([garden.calls, yard.calls]).toEqual([[], [command]]);
  });
});

describe("stop", () => {
  test("is done to all that are named, or to all there are", async () => {
    const [door, garden, yard] = [
      await streams.add("door"),
      await streams.add("garden"),
      await streams.add("yard"),
    ];
    expect(await streams.run(["stop", "door", "yard"])).toEqual(well);
    expect([door.calls, garden.calls, yard.calls]).toEqual([["stop"], [], ["stop"]]);
    expect(await streams.run(["stop", "--all"])).toEqual(well);
    expect(garden.calls).toEqual(["stop"]);
    expect(await streams.run(["stop", "--all"])).toMatchObject({ code: 3 });
  });

  test("of which one is not there is done to none", async () => {
    const door = await streams.add("door");
    expect(await streams.run(["stop", "door", "attic"])).toMatchObject({ code: 3 });
    expect(door.calls).toEqual([]);
  });
});

describe.each([["stop"], ["restart"], ["url"], ["open"], ["snapshot"], ["clip"]])("%s", (command) => {
  test("asks which of several, and tells which there are", async () => {
    expect(await streams.run([command])).toMatchObject({ code: 3 });
    for (const name of ["garden", "door"]) await streams.add(name);
    const asked = await streams.run([command], new FakeIo());
    expect(asked).toMatchObject({
      code: 2,
      stderr: "flvcast: several streams are running; give one of: door, garden\n",
    });
    const yard = { code: 3, stderr: 'flvcast: no stream named "yard" is running; running: door, garden\n' };
    expect(await streams.run([command, "yard"])).toMatchObject(yard);
    expect(await streams.run([command, "--name", "yard"])).toMatchObject(yard);
  });
});

describe("url", () => {
  test("is printed with its token", async () => {
    await streams.add("garden");
    const stdout = "http://127.0.0.1:8080/live/garden.flv?token=secret\n";
    expect(await streams.run(["url"])).toEqual({ ...well, stdout });
    const told = JSON.parse((await streams.run(["url", "--json"])).stdout);
    const pageUrl = "http://127.0.0.1:8080/watch/garden?token=secret";
    expect(told).toEqual({ name: "garden", url: stdout.trimEnd(), pageUrl });
  });

  const atBoth = ["http://127.0.0.1:8080/live/garden.flv", "http://10.0.0.2:8080/live/garden.flv"];

  test.each([
    [["--page"], ["http://127.0.0.1:8080/watch/garden?token=secret"]],
    [["--all"], atBoth.map((one) => `${one}?token=secret`)],
    [
      ["--all", "--page"],
      ["http://127.0.0.1:8080/watch/garden?token=secret", "http://10.0.0.2:8080/watch/garden?token=secret"],
    ],
  ])("with %j is %j", async (argv, lines) => {
    await streams.add("garden", { urls: atBoth });
    const stdout = lines.map((line) => `${line}\n`).join("");
    expect(await streams.run(["url", ...argv])).toEqual({ ...well, stdout });
  });

  test("of the page comes with its QR code", async () => {
    await streams.add("garden");
    const { stdout } = await streams.run(["url", "--qr"]);
    expect(stdout).toMatch(/^[ ▀▄█\n]+http:\/\/127\.0\.0\.1:8080\/watch\/garden\?token=secret\n$/);
  });

  test("of the page is not known of a stream of an earlier version", async () => {
    await streams.add("garden", { pageUrl: null });
    expect(await streams.run(["url", "--page"])).toMatchObject({
      code: 1,
      stderr: 'flvcast: "garden" was started by an older flvcast: restart it with this one\n',
    });
  });

  test("of a stream that is being started is not there yet", async () => {
    await streams.add("garden", { url: null });
    const stderr = 'flvcast: "garden" has no URL yet: it is still starting\n';
    expect(await streams.run(["url", "garden"])).toEqual({ code: 18, stdout: "", stderr });
  });

  test("of a stream that nobody can reach is not printed", async () => {
    await streams.add("garden", { isReachable: false, lastError: "10.77.0.1 is gone" });
    const stderr = 'flvcast: "garden" cannot be reached at the moment: 10.77.0.1 is gone\n';
    expect(await streams.run(["url"])).toEqual({ code: 17, stdout: "", stderr });
  });
});

describe("snapshot", () => {
  test("goes to stdout, or to a file", async () => {
    await streams.add("garden");
    const io = new FakeIo();
    const written: unknown[] = [];
    io.stdout.write = (piece: unknown, onWritten?: () => void) => {
      written.push(piece);
      onWritten?.();
      return true;
    };
    expect(await streams.run(["snapshot"], io)).toMatchObject({ code: 0 });
    expect(written[0]).toEqual(Buffer.from("ffd8ffd9", "hex"));
    const file = join(streams.folder, "picture.jpg");
    expect(await streams.run(["snapshot", "-o", file])).toEqual(well);
    expect(readFileSync(file).toString("hex")).toBe("ffd8ffd9");
  });

  test("is no picture for a terminal, but for a file all the same", async () => {
    await streams.add("garden");
    expect(await streams.run(["snapshot"], new FakeIo({ isTerminal: true }))).toMatchObject({
      code: 2,
      stdout: "",
    });
    const argv = ["snapshot", "-o", join(streams.folder, "picture.jpg")];
    expect(await streams.run(argv, new FakeIo({ isTerminal: true }))).toEqual(well);
  });

  test.each([
    ["none", 1, '"garden" has no video, only audio'],
    ["not-yet", 18, '"garden" has no image yet; see flvcast status'],
  ] as const)("of a stream whose picture is %s is exit code %i", async (kind, code, message) => {
    (await streams.add("garden")).picture = { kind };
    expect(await streams.run(["snapshot"])).toEqual({ code, stdout: "", stderr: `flvcast: ${message}\n` });
  });

  test("whose last key frame is too old is exit code 18, with its age", async () => {
    (await streams.add("garden")).picture = { kind: "too-old", takenMs: Date.now() - 3_600_000 };
    expect(await streams.run(["snapshot"])).toMatchObject({
      code: 18,
      stderr: expect.stringMatching(/^flvcast: "garden" has sent no key frame for 360\d s; set a shorter /),
    });
  });

  test("that cannot be written says why", async () => {
    await streams.add("garden");
    const told = await streams.run(["snapshot", "-o", streams.folder]);
    expect(told).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`cannot write ${streams.folder}: EISDIR`),
    });
  });
});

describe("clip", () => {
  const flv = readFileSync("test/fixtures/flv/b-frames.flv");
  const file = {
    parts: [flv.subarray(0, 5000), flv.subarray(5000)],
    ...{ bytes: flv.length, durationMs: 2000, startMs: 0, keyFrames: [] },
  };
  const clipped = async () => {
    const garden = await streams.add("garden");
    garden.clipped = { kind: "flv", file };
    return garden;
  };

  test("goes to stdout, or to a file of either kind", async () => {
    const garden = await clipped();
    const io = new FakeIo();
    const written: Uint8Array[] = [];
    io.stdout.write = (piece: unknown, onWritten?: () => void) => {
      if (piece instanceof Uint8Array) written.push(piece);
      onWritten?.();
      return true;
    };
    expect(await streams.run(["clip"], io)).toMatchObject({ code: 0 });
    expect(Buffer.concat(written).equals(flv)).toBe(true);
    const path = join(streams.folder, "fox.flv");
    expect(await streams.run(["clip", "--last", "30s", "-o", path])).toEqual(well);
    expect(readFileSync(path).equals(flv)).toBe(true);
    expect(garden.calls).toEqual(["clip Infinity", "clip 30000"]);
    expect(readdirSync(streams.folder).filter((name) => name.includes("fox"))).toEqual(["fox.flv"]);
  });

  test("overwrites a file only with --force", async () => {
    await clipped();
    write("fox.flv", "an old one");
    const path = join(streams.folder, "fox.flv");
    expect(await streams.run(["clip", "-o", path])).toEqual({
      ...{ code: 1, stdout: "" },
      stderr: `flvcast: ${path} already exists; overwrite it with --force\n`,
    });
    expect(readFileSync(path, "utf8")).toBe("an old one");
    expect(await streams.run(["clip", "--force", "-o", path])).toEqual(well);
    expect(readFileSync(path).equals(flv)).toBe(true);
  });

  test("is not for a terminal", async () => {
    await clipped();
    expect(await streams.run(["clip"], new FakeIo({ isTerminal: true }))).toMatchObject({
      ...{ code: 2, stdout: "" },
      stderr: "flvcast: not writing video to a terminal; use -o FILE or a pipe\n",
    });
  });

  test.each([
    ["none", 1, '"garden" keeps nothing for clips; start it with --history, e.g. --history 30s'],
    ["not-yet", 18, '"garden" has sent no key frame yet; see flvcast status'],
  ] as const)("of a stream whose clip is %s is exit code %i", async (kind, code, message) => {
    (await streams.add("garden")).clipped = { kind };
    expect(await streams.run(["clip"])).toEqual({ code, stdout: "", stderr: `flvcast: ${message}\n` });
  });

  test.each([
    [["-o", "fox.avi"], "--output fox.avi is not an .mp4 or .flv file, e.g. --output clip.mp4"],
    [["--last", "0s"], "--last 0s is out of range: use 1s to 10m, e.g. --last 30s"],
    [["--last", "1h"], "--last 1h is out of range: use 1s to 10m, e.g. --last 30s"],
  ])("%j is refused", async (argv, message) => {
    await clipped();
    expect(await streams.run(["clip", ...argv])).toMatchObject({ code: 2, stderr: `flvcast: ${message}\n` });
  });

  test("that cannot be written says why, and leaves nothing", async () => {
    await clipped();
    const path = join(streams.folder, "none", "fox.flv");
    expect(await streams.run(["clip", "-o", path])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`cannot write ${path}: ENOENT`),
    });
  });
});

const write = (name: string, text: string) => {
  mkdirSync(streams.folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(streams.folder, name), text);
};

const elsewhere = (name: string) => ({
  code: 1,
  stderr: expect.stringMatching(
    new RegExp(`^flvcast: "${name}" was not started with --detach, .*journalctl _PID=${process.pid}\n$`),
  ),
});

describe("logs", () => {
  test("are printed, with what was put aside before", async () => {
    write("garden.log", "new\n");
    write("garden.log~", "old\n");
    write("door.txt", "");
    const both = { ...well, stdout: "old\nnew\n" };
    expect(await streams.run(["logs"])).toEqual(both);
    expect(await streams.run(["logs", "garden"])).toEqual(both);
  });

  test.each([
    ["1", "c\n"],
    ["2", "b\nc\n"],
    ["9", "a\nb\nc\n"],
  ])("are printed from the last %s lines on", async (count, stdout) => {
    write("garden.log", "b\nc\n");
    write("garden.log~", "a\n");
    expect(await streams.run(["logs", "-n", count])).toEqual({ ...well, stdout });
  });

  test("of which the first is empty lose no line", async () => {
    write("garden.log", "\na\n");
    expect(await streams.run(["logs", "-n", "9"])).toEqual({ ...well, stdout: "\na\n" });
    expect(await streams.run(["logs", "-n", "1"])).toEqual({ ...well, stdout: "a\n" });
  });

  test("of several are those of the one that runs", async () => {
    write("garden.log", "garden\n");
    write("door.log", "door\n");
    const which = "flvcast: several streams have logs; give one of: door, garden\n";
    expect(await streams.run(["logs"])).toMatchObject({ code: 2, stderr: which });
    await streams.add("door");
    expect(await streams.run(["logs"])).toEqual({ ...well, stdout: "door\n" });
    await streams.add("garden");
    expect(await streams.run(["logs"])).toMatchObject({ code: 2, stderr: which });
  });

  test("of a stream that was not detached are elsewhere", async () => {
    expect(await streams.run(["logs"])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/no stream is running/),
    });
    await streams.add("door");
    await streams.add("garden");
    expect(await streams.run(["logs", "garden"])).toMatchObject(elsewhere("garden"));
    expect(await streams.run(["logs"])).toMatchObject(elsewhere("door"));
    expect(await streams.run(["logs", "yard"])).toMatchObject({
      ...{ code: 3, stderr: 'flvcast: no stream named "yard" is running; running: door, garden\n' },
    });
  });

  test.each(["SIGINT", "error"])("are followed until %s", async (end) => {
    write("garden.log", "one\n");
    const io = new FakeIo();
    const following = streams.run(["logs", "-f"], io);
    await expect.poll(() => io.stdout.text).toBe("one\n");
    await expect.poll(() => io.listenerCount("SIGINT")).toBe(1);
    writeFileSync(join(streams.folder, "garden.log"), "two\n", { flag: "a" });
    await expect.poll(() => io.stdout.text).toBe("one\ntwo\n");
    if (end === "error") io.stdout.emit("error", Object.assign(new Error("nobody reads"), { code: "EPIPE" }));
    else io.emit(end);
    expect((await following).code).toBe(0);
    expect(io.listenerCount("SIGINT")).toBe(0);
  });

  test("of a stream in a server are followed whole, wherever a piece of them ends", async () => {
    const log = join(streams.folder, `${serverKey("yard")}.log`);
    const line = Buffer.from('flvcast: "cam": waiting for Kamera für Tür\n');
    const within = line.indexOf("ü") + 1;
    mkdirSync(streams.folder, { recursive: true, mode: 0o700 });
    writeFileSync(log, Buffer.concat([Buffer.from('flvcast: "door": ready\n'), line.subarray(0, within)]));
    const io = new FakeIo();
    const following = streams.run(["logs", "yard/cam", "-f"], io);
    await expect.poll(() => io.listenerCount("SIGINT")).toBe(1);
    writeFileSync(log, line.subarray(within), { flag: "a" });
    await expect.poll(() => io.stdout.text).toBe(line.toString());
    io.emit("SIGINT");
    expect((await following).code).toBe(0);
  });
});
