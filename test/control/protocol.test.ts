import { EventEmitter, once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { encodeLine, parseReply, parseRequest, readLine } from "../../src/control/protocol.ts";
import { type ControlSocket, openControlSocket } from "../../src/control/socket.ts";
import { streamStatusSchema } from "../../src/status.ts";
import { someStatus } from "./some-status.ts";

const readStatus = (value: unknown) => streamStatusSchema.safeParse(value).data ?? null;

describe("the other side of a socket", () => {
  let folder: string;
  let server: ControlSocket;
  let peer: Socket;
  let accepted: Socket;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "flvcast-peer-"));
    const peers = new EventEmitter();
    server = await openControlSocket(folder, (socket) => peers.emit("peer", socket));
    const arrival = once(peers, "peer");
    peer = connect(join(folder, server.file));
    [accepted] = await arrival;
  });
  afterEach(async () => {
    peer.destroy();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it("that says nothing is waited for no longer than that", async () => {
    await expect(readLine(peer, 100, 20)).rejects.toThrow("timed out");
  });

  it.each([
    ["a line", ["status\n"], "status"],
    ["a line in pieces", ["sta", "tus\n"], "status"],
    ["an empty line", ["\n"], ""],
    ["a line, and what comes after it", ["status\nstop\n"], "status"],
    ["a line as long as is allowed, and then its end", ["x".repeat(10), "\n"], "x".repeat(10)],
    ["a line as long as is allowed", [`${"x".repeat(9)}\n`], "x".repeat(9)],
  ])("that says %s is read", async (_what, pieces, line) => {
    const reading = readLine(accepted, 10, 10_000);
    for (const piece of pieces) {
      peer.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await reading).toBe(line);
  });

  it("that goes on without an end of the line is cut off beyond the bound, not at it", async () => {
    const reading = readLine(accepted, 10, 10_000);
    const first = once(accepted, "data");
    peer.write("x".repeat(10));
    await first;
    expect(await Promise.race([reading, Promise.resolve("waiting")])).toBe("waiting");
    peer.write("x");
    await expect(reading).rejects.toThrow("reply too long");
  });

  it("that goes away in the middle of a line has hung up", async () => {
    const reading = readLine(accepted, 100, 10_000);
    peer.end("stat");
    await expect(reading).rejects.toThrow("connection closed");
  });

  it.each([
    ["has answered", "status\n"],
    ["says too much", "x".repeat(11)],
    ["goes away", ""],
  ])("is waited for no longer once it %s", async (_what, text) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const reading = readLine(accepted, 10, 10_000).catch(() => undefined);
    expect(vi.getTimerCount()).toBe(1);
    if (text === "") peer.destroy();
    else peer.write(text);
    await reading;
    const left = vi.getTimerCount();
    vi.useRealTimers();
    expect(left).toBe(0);
  });

  it("that is connected and asks nothing keeps no socket from being closed", async () => {
    await server.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("requests are read as they were written, and others are none", () => {
  for (const request of ["status", "url", "stop", "restart"] as const) {
    expect(parseRequest(encodeLine({ request }))).toEqual({ request });
  }
  for (const line of ["", "{}", "null", "[]", '{"request":"shutdown"}', '{"request":["stop"]}', "stop"]) {
    expect(parseRequest(line)).toBeNull();
  }
});

test("replies are read as they were written, and others are none", () => {
  expect(parseReply(encodeLine({ ok: true, status: 1 }))).toEqual({ ok: true, status: 1 });
  expect(parseReply('{"ok":true}')).toEqual({ ok: true, status: null });
  expect(parseReply(encodeLine({ ok: false, error: "no" }))).toEqual({ ok: false, error: "no" });
  for (const line of ["", "{}", "1", '{"ok":false}', '{"ok":"yes"}']) expect(parseReply(line)).toBeNull();
});

test("a status comes over as it is", () => {
  expect(readStatus(JSON.parse(JSON.stringify(someStatus)))).toEqual(someStatus);
});

test("a status of a later version, which knows more, is still one", () => {
  expect(readStatus({ ...someStatus, temperature: 40 })).toEqual(someStatus);
});

test.each<Record<string, unknown>>([
  { state: "dancing" },
  { pid: "4711" },
  { viewers: -1 },
  { inputs: {} },
  { inputs: [null] },
  { inputs: Array.from({ length: 17 }, () => someStatus.inputs[0]) },
  { encoder: 264 },
  { codecs: "avc1.640020" },
  { startedMs: Number.POSITIVE_INFINITY },
  { url: 7 },
])("a status with %j is none", (wrong) => {
  expect(readStatus({ ...someStatus, ...wrong })).toBeNull();
});

test("a status of an earlier version, which knows less, is still one", () => {
  const { codecs: _codecs, encoderReason: _reason, lastError: _error, ...known } = someStatus;
  const inputs = known.inputs.map(({ stalls: _stalls, ...input }) => input);
  const encoder = { name: "h264_vaapi", why: "the first that works here" };
  expect(readStatus({ ...known, inputs, encoder })).toEqual({
    ...{ ...someStatus, codecs: [], encoderReason: null, lastError: null },
    inputs: someStatus.inputs.map((input) => ({ ...input, stalls: 0 })),
  });
});

test("a text without end is cut", () => {
  expect(readStatus({ ...someStatus, lastError: "x".repeat(3000) })?.lastError).toHaveLength(2000);
});

test("whatever comes, reading it does not fail", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      parseRequest(line);
      const reply = parseReply(line);
      if (reply?.ok) readStatus(reply.status);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(someStatus)), fc.anything(), (key, value) => {
      const status = readStatus({ ...someStatus, [key]: value });
      expect(status === null || status.name.length <= 2000).toBe(true);
    }),
  );
});
