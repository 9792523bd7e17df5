import { once } from "node:events";
import { connect } from "node:net";
import { expect, it, vi } from "vitest";
import { LoopbackOutputs } from "../../src/ffmpeg/loopback-outputs.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";

/** Node in ffmpeg's place: writes to what it is given as its last arguments, and ends. */
const WRITER = `
  const { connect } = require("node:net");
  const [, ...urls] = process.argv;
  for (const [n, url] of urls.entries()) {
    const { hostname, port } = new URL(url);
    connect(Number(port), hostname).end(String(n).repeat(100_000));
  }`;

function start(args: readonly string[]) {
  const received = new Map<number, number>();
  const ended: number[] = [];
  const count = (pipe: number) => (chunk: Uint8Array) =>
    void received.set(pipe, (received.get(pipe) ?? 0) + chunk.length);
  const process = new FfmpegProcess({
    path: globalThis.process.execPath,
    args,
    outputs: new Map([
      [1, count(1)],
      [3, count(3)],
    ]),
    onOutputEnd: (pipe) => ended.push(pipe),
    onStderrLine: () => undefined,
    redact: (text) => text,
    through: "loopback",
  });
  return { process, received, ended };
}

it("what a process writes to loopback TCP is read to its end before the process is over", async () => {
  const { process, received, ended } = start(["-e", WRITER, "pipe:1", "pipe:3"]);
  expect(await process.exited).toMatchObject({ code: 0, error: null });
  expect([...received]).toEqual(
    expect.arrayContaining([
      [1, 100_000],
      [3, 100_000],
    ]),
  );
  expect(new Set(ended)).toEqual(new Set([1, 3]));
});

it("a process that never connects is over when it ends", async () => {
  const { process, received } = start(["-e", "process.exit(3)", "pipe:1"]);
  expect(await process.exited).toMatchObject({ code: 3 });
  expect(received.size).toBe(0);
});

it("a process that is stopped before it is started is not started", async () => {
  const { process } = start(["-e", "setInterval(() => 0, 1000)"]);
  expect(await process.stop()).toMatchObject({ code: null, signal: "SIGTERM" });
  expect(process.pid).toBeNull();
});

it("a program that is not there is an error, as with pipes", async () => {
  const process = new FfmpegProcess({
    ...{ path: "/nowhere/ffmpeg", args: [], outputs: new Map([[1, () => undefined]]) },
    ...{ onStderrLine: () => undefined, redact: (text: string) => text, through: "loopback" },
  });
  const { error, code } = await process.exited;
  // With setpriv before it, it is setpriv that ends.
  expect(error !== null || code !== 0).toBe(true);
});

it("a process gets its stdin over loopback TCP, too", async () => {
  const process = new FfmpegProcess({
    ...{ path: globalThis.process.execPath, args: ["-e", "process.stdin.pipe(process.stderr)"] },
    ...{ outputs: new Map([[1, () => undefined]]), onStderrLine: () => undefined, through: "loopback" },
    ...{ redact: (text: string) => text, stdin: (stdin) => stdin.end("from a feed") },
  });
  expect(await process.exited).toMatchObject({ code: 0, stderr: ["from a feed"] });
});

it("a connection that is reset while it is read is over, and no error", async () => {
  let received = 0;
  const outputs = new Map([[1, (chunk: Uint8Array) => void (received += chunk.length)]]);
  const loopback = await LoopbackOutputs.open(outputs, () => undefined);
  const [url = ""] = loopback.argumentsFor(["pipe:1"]);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write("some");
  await vi.waitUntil(() => received > 0, 10_000);
  const drained = loopback.drained(5000);
  socket.resetAndDestroy();
  await expect(drained).resolves.toBeUndefined();
});
