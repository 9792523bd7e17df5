import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  clipOf,
  differingOptions,
  publishAddressOf,
  reloadServer,
  restartStream,
  statusOf,
  stillOf,
  stopStream,
  urlOf,
} from "../../src/control/ask.ts";
import { type Holder, holderOf } from "../../src/control/name-lock.ts";
import { encodeLine, readLine } from "../../src/control/protocol.ts";
import {
  type Control,
  type Controllable,
  serveControl,
  serveServerControl,
} from "../../src/control/serve.ts";
import { serverKey } from "../../src/control/server-key.ts";
import { UserError } from "../../src/errors.ts";
import type { Clip, PublishAddress, Still, StreamStatus } from "../../src/stream.ts";
import { someStatus } from "./some-status.ts";

let folder: string;
let controls: Control[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-serve-"));
  controls = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(controls.splice(0).map((control) => control.close()));
  rmSync(folder, { recursive: true, force: true });
});

const DEVICE = "rtsp://user:geheim@nvr/front";

/** How long an end takes after it was asked for: an answer is there by then, a name is not yet free. */
const END_MS = 200;

const address: PublishAddress = {
  server: "rtmp://10.0.0.7/live",
  streamKey: "garden?key=secret",
  url: "rtmp://10.0.0.7/live/garden?key=secret",
};

/** A stream that writes down what it was asked, and gives its name free when it is stopped. */
class FakeStream implements Controllable {
  readonly calls: string[] = [];
  readonly name = someStatus.name;
  status = (): StreamStatus => someStatus;
  withToken = (url: string) => `${url}?token=secret`;
  publishAt = () => address;
  recordings = null;
  clip: (lastMs: number) => Clip = () => ({ kind: "none" });
  still = async (): Promise<Still> => ({ kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex"), takenMs: 7 });
  async stop() {
    this.calls.push("stop");
    setTimeout(() => controls.splice(0).map((control) => control.close()), END_MS);
  }
  async restart() {
    this.calls.push("restart");
  }
}

async function serve(target: Controllable): Promise<Holder> {
  controls.push(
    await serveControl({ name: "garden", folder, options: { device: DEVICE, port: "8080" }, target }),
  );
  const holder = await holderOf(folder, "garden");
  if (holder === null) throw new Error("nobody holds it");
  return holder;
}

test("a stream says where it is published", async () => {
  expect(await publishAddressOf(await serve(new FakeStream()))).toEqual(address);
});

test("a stream that nobody publishes has no such place", async () => {
  expect(
    await publishAddressOf(await serve(Object.assign(new FakeStream(), { publishAt: () => null }))),
  ).toBeNull();
});

test("a stream says how it is doing", async () => {
  expect(await statusOf(await serve(new FakeStream()))).toEqual(someStatus);
});

test("a stream says whether options are its own, and not what they are", async () => {
  const holder = await serve(new FakeStream());
  expect(await differingOptions(holder, { device: DEVICE, port: "8080" })).toEqual([]);
  const others = { device: "rtsp://user:geheim@nvr/back", port: "9000", "a-later-one": "1" };
  expect(await differingOptions(holder, others)).toEqual(["device", "port"]);
  const socket = connect(holder.socketPath);
  socket.write(encodeLine({ request: "options" }));
  expect(await readLine(socket, 1024, 5000)).not.toMatch(/geheim|nvr|front/);
  socket.destroy();
});

test("a stream shows its picture, or says that it has none", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  expect(await stillOf(holder)).toEqual({ kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex"), takenMs: 7 });
  stream.still = async () => ({ kind: "none" });
  expect(await stillOf(holder)).toEqual({ kind: "none" });
  stream.still = async () => {
    throw new UserError("failure", "its picture is broken");
  };
  await expect(stillOf(holder)).rejects.toThrow(
    `"garden" (pid ${process.pid}) cannot make a still image: its picture is broken`,
  );
});

const clip = {
  kind: "flv",
  file: {
    parts: [Buffer.from("FLV"), Buffer.alloc(300_000, 7), Buffer.alloc(1)],
    ...{ bytes: 300_004, durationMs: 30_000, startMs: 1000, keyFrames: [] },
  },
} satisfies Clip;

test("a stream sends a clip, or says that it has none", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  expect(await clipOf(holder, null)).toEqual({ kind: "none" });
  stream.clip = (lastMs) => {
    stream.calls.push(`clip ${lastMs}`);
    return clip;
  };
  const sent = await clipOf(holder, 30_000);
  const bytes = Buffer.concat(sent.kind === "flv" ? sent.parts : []);
  expect(bytes.equals(Buffer.concat(clip.file.parts))).toBe(true);
  await clipOf(holder, null);
  expect(stream.calls).toEqual(["clip 30000", "clip Infinity"]);
});

test("more clips at once than fit into memory are refused", async () => {
  const holder = await serve(Object.assign(new FakeStream(), { clip: () => clip }));
  const waiting = Array.from({ length: 4 }, () => connect(holder.socketPath).pause());
  for (const socket of waiting) socket.write(encodeLine({ request: "clip" }));
  const refused = `"garden" (pid ${process.pid}) cannot send a clip: too many clips are being saved; try again`;
  await expect.poll(() => clipOf(holder, null).catch((error: Error) => error.message)).toBe(refused);
  for (const socket of waiting) socket.destroy();
  await expect.poll(() => clipOf(holder, null).catch(() => null)).toMatchObject({ kind: "flv" });
});

test("a clip that ends early is a failure", async () => {
  const short = { ...clip, file: { ...clip.file, bytes: 300_005 } };
  const holder = await serve(Object.assign(new FakeStream(), { clip: () => short }));
  await expect(clipOf(holder, null)).rejects.toThrow(/does not respond \(connection closed\)/);
});

test("a stream says where it is watched, with its token, and its status has none", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  expect(await urlOf(holder)).toBe("http://127.0.0.1:8080/live/garden.flv?token=secret");
  expect(JSON.stringify(await statusOf(holder))).not.toContain("secret");
  stream.status = () => ({ ...someStatus, url: null });
  expect(await urlOf(holder)).toBeNull();
});

test("a stop returns when the name is free", async () => {
  const stream = new FakeStream();
  await stopStream(await serve(stream));
  expect(stream.calls).toEqual(["stop"]);
  expect(await holderOf(folder, "garden")).toBeNull();
});

test("a restart is asked for, and what keeps it from being done is told", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  await restartStream(holder);
  expect(stream.calls).toEqual(["restart"]);
  stream.restart = async () => {
    throw new UserError("notReady", "it is being started");
  };
  await expect(restartStream(holder)).rejects.toThrow(
    `"garden" (pid ${process.pid}) cannot restart: it is being started`,
  );
});

test("a stream whose folder was removed can be found again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  await serve(new FakeStream());
  for (let removal = 0; removal < 2; removal++) {
    rmSync(folder, { recursive: true });
    vi.advanceTimersByTime(2000);
    await vi.waitUntil(async () => (await holderOf(folder, "garden")) !== null, { timeout: 10_000 });
    await expect(
      serveControl({
        name: "garden",
        folder,
        options: { device: DEVICE, port: "8080" },
        target: new FakeStream(),
      }),
    ).rejects.toMatchObject({
      reason: "alreadyRunning",
    });
  }
  const holder = await holderOf(folder, "garden");
  expect(holder === null ? null : await statusOf(holder)).toEqual(someStatus);
  vi.advanceTimersByTime(2000);
  await Promise.all(controls.splice(0).map((control) => control.close()));
  expect(readdirSync(folder)).toEqual([]);
});

test("a second of the same name is refused, with the pid of the first", async () => {
  await serve(new FakeStream());
  await expect(
    serveControl({
      name: "garden",
      folder,
      options: { device: DEVICE, port: "8080" },
      target: new FakeStream(),
    }),
  ).rejects.toMatchObject({
    reason: "alreadyRunning",
    message: expect.stringMatching(
      new RegExp(`^"garden" is already running \\(pid ${process.pid}, since 20`),
    ),
  });
});

test("whoever says nothing, too much or nonsense costs nobody else anything", async () => {
  const holder = await serve(new FakeStream());
  const silent = connect(holder.socketPath);
  const loud = connect(holder.socketPath)
    .on("error", () => undefined)
    .resume();
  const hungUp = new Promise((resolve) => loud.once("close", resolve));
  loud.write("x".repeat(5000));
  const foolish = connect(holder.socketPath);
  foolish.write('{"request":"dance"}\n');
  const [answer] = await new Promise<[Buffer]>((resolve) =>
    foolish.once("data", (data: Buffer) => resolve([data])),
  );
  expect(JSON.parse(answer.toString())).toMatchObject({ ok: false });
  await hungUp;
  expect(await statusOf(holder)).toEqual(someStatus);
  silent.destroy();
});

test("an answer that is no status is said to be none", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  stream.status = () => ({ ...someStatus, state: "dancing" as "on-air" }); // a later version's word
  await expect(statusOf(holder)).rejects.toThrow("sent an invalid status");
});

test("an answer that is no URL is said to be none", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  stream.withToken = () => 7 as unknown as string; // what another version might say
  await expect(urlOf(holder)).rejects.toThrow("sent an invalid URL");
});

test("a picture as large as 8K has it comes over, and so does a long status", async () => {
  const stream = new FakeStream();
  const holder = await serve(stream);
  const bytes = Buffer.alloc(4_000_000, 0x7f);
  stream.still = async () => ({ kind: "jpeg", bytes, takenMs: 7 });
  const still = await stillOf(holder);
  expect(still.kind === "jpeg" && bytes.equals(still.bytes)).toBe(true);
  const [input] = someStatus.inputs;
  if (input === undefined) throw new Error("no input");
  const long = {
    ...someStatus,
    inputs: Array.from({ length: 16 }, () => ({ ...input, lastError: "x".repeat(1900) })),
  };
  stream.status = () => long;
  expect((await statusOf(holder)).inputs).toHaveLength(16);
});

test("a name that was given up is not taken again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await serve(new FakeStream());
  await Promise.all(controls.splice(0).map((control) => control.close()));
  expect(vi.getTimerCount()).toBe(0);
  expect(await holderOf(folder, "garden")).toBeNull();
});

test("whoever says nothing is hung up on after five seconds", async () => {
  const { socketPath } = await serve(new FakeStream());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const silent = connect(socketPath).resume();
  const hungUp = new Promise((resolve) => silent.once("close", resolve));
  for (let turns = 0; vi.getTimerCount() === 0 && turns < 100_000; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  vi.advanceTimersByTime(4999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  await hungUp;
});

test("a server is told to reload and to stop, and of a file with faults each line comes back", async () => {
  let newNames: PublishAddress | null = null;
  const calls: string[] = [];
  let fault: UserError | null = new UserError("usage", "a.yml has 2 errors", { lastLines: ["1: x", "2: y"] });
  const control = await serveServerControl(folder, {
    name: "home",
    reload: async () => {
      if (fault !== null) throw fault;
      calls.push("reload");
    },
    stop: async () => {
      calls.push("stop");
      setTimeout(() => void control.close(), END_MS);
    },
    publishAt: () => newNames,
  });
  const holder = await holderOf(folder, serverKey("home"));
  if (holder === null) throw new Error("the server has no name");
  await expect(reloadServer(holder)).rejects.toMatchObject({
    ...{ reason: "usage", message: "a.yml has 2 errors", lastLines: ["1: x", "2: y"] },
  });
  fault = null;
  await reloadServer(holder);
  expect(await publishAddressOf(holder)).toBeNull();
  newNames = { server: "rtmp://h/live", streamKey: "NAME?key=k", url: "rtmp://h/live/NAME?key=k" };
  expect(await publishAddressOf(holder)).toEqual(newNames);
  await expect(statusOf(holder)).rejects.toThrow('"home" (pid');
  const idle = { reload: async () => {}, stop: async () => {}, publishAt: () => null };
  const taken = serveServerControl(folder, { name: "home", ...idle });
  await expect(taken).rejects.toMatchObject({
    reason: "alreadyRunning",
    message: expect.stringMatching(/^"home" is already running .*; stop it: flvcast stop home$/),
  });
  await stopStream(holder);
  expect(calls).toEqual(["reload", "stop"]);
});

test("a stream of a server keeps its name when it is stopped", async () => {
  const target = new FakeStream();
  target.stop = async () => void target.calls.push("stop");
  controls.push(await serveControl({ name: target.name, folder, target, options: {} }));
  const holder = await holderOf(folder, target.name);
  if (holder === null) throw new Error("the stream has no name");
  await stopStream({ ...holder, server: holder });
  expect([target.calls, (await holderOf(folder, target.name)) === null]).toEqual([["stop"], false]);
});
