import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  differingOptions,
  restartStream,
  statusOf,
  stillOf,
  stopStream,
  urlOf,
} from "../../src/control/ask.ts";
import { type Holder, holderOf, lockName, type NameLock } from "../../src/control/name-lock.ts";
import { encodeLine, type Reply } from "../../src/control/protocol.ts";

let folder: string;
let lock: NameLock;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-answers-"))));
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  if (lock.kind === "mine") await lock.release();
  rmSync(folder, { recursive: true, force: true });
});

/** A stream that answers whatever it is asked with this; null hangs up. */
async function holder(answer: string | null): Promise<Holder> {
  const reply = (socket: Socket) =>
    socket
      .on("error", () => undefined) // one that only looked whether we live
      .once("data", () => (answer === null ? socket.destroy() : socket.end(answer)));
  lock = await lockName(folder, "garden", reply);
  const found = await holderOf(folder, "garden");
  if (found === null) throw new Error("nobody holds it");
  return found;
}

const line = (reply: Reply) => encodeLine(reply);
const NAME = `"garden" (pid ${process.pid})`;

test.each([
  ["status", statusOf, "report its status"],
  ["url", urlOf, "report its URL"],
  ["still", stillOf, "make a still image"],
  ["stop", stopStream, "stop"],
  ["restart", restartStream, "restart"],
] as const)("a stream that says no to %s is told of in its words", async (_, ask, words) => {
  const asked = ask(await holder(line({ ok: false, error: "the versions differ" })));
  await expect(asked).rejects.toMatchObject({
    ...{ reason: "failure", message: `${NAME} cannot ${words}: the versions differ` },
  });
});

test.each([
  [
    "hangs up",
    null,
    /^"garden" \(pid \d+\) does not respond \(connection closed\); try again, or end it with: kill -9 \d+$/,
  ],
  ["answers what is no answer", "nonsense\n", /does not respond \(invalid reply\)/],
  ["answers without an end", "x".repeat(300 * 1024), /does not respond \(reply too long\)/],
])("a stream that %s is to be ended", async (_, answer, message) => {
  const asked = urlOf(await holder(answer));
  await expect(asked).rejects.toMatchObject({ reason: "failure" });
  await expect(asked).rejects.toThrow(message);
});

test.each([
  ["status", statusOf, "status"],
  ["url", urlOf, "URL"],
  ["still", stillOf, "image"],
] as const)("an answer to %s that is none is told of", async (_, ask, words) => {
  await expect(ask(await holder(line({ ok: true, status: 7 })))).rejects.toMatchObject({
    ...{ reason: "failure", message: `${NAME} sent an invalid ${words}` },
  });
});

test("a stream that has no URL yet says so", async () => {
  expect(await urlOf(await holder(line({ ok: true, status: null })))).toBeNull();
});

test("an answer may be long, and a picture longer", async () => {
  const url = `http://host/${"x".repeat(200 * 1024)}`;
  expect(await urlOf(await holder(line({ ok: true, status: url })))).toBe(url);
  if (lock.kind === "mine") await lock.release();
  const base64 = "A".repeat(4 * 1024 * 1024);
  const still = await stillOf(await holder(line({ ok: true, status: { kind: "jpeg", base64, takenMs: 7 } })));
  expect(still.kind === "jpeg" && still.bytes.length).toBe(3 * 1024 * 1024);
});

test.each<[string, string | null]>([
  ["does not know the question", line({ ok: false, error: "there is no such request" })],
  ["hangs up", null],
  ["answers with something else", line({ ok: true, status: 7 })],
])("no option is known to differ where a stream %s", async (_, answer) => {
  expect(await differingOptions(await holder(answer), { device: "test" })).toEqual([]);
});

test.each([
  ["status", statusOf, 5, "rejected"],
  ["url", urlOf, 5, "rejected"],
  ["options", (one: Holder) => differingOptions(one, { device: "test" }), 5, "fulfilled"],
  ["still", stillOf, 75, "rejected"],
  ["stop", stopStream, 20, "rejected"],
  ["restart", restartStream, 30, "rejected"],
] as const)(
  "a silent stream that is asked for %s is waited for, but not for ever",
  async (_, ask, seconds, end) => {
    lock = await lockName(folder, "garden", (socket) => socket.on("error", () => undefined));
    const silent = await holderOf(folder, "garden");
    if (silent === null) throw new Error("nobody holds it");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = Promise.allSettled([ask(silent)]);
    vi.advanceTimersByTime(seconds * 1000 - 1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    expect((await asked)[0].status).toBe(end);
  },
);

test("a stream that says that it stops and keeps its name is told of after five seconds", async () => {
  const stuck = await holder(line({ ok: true, status: null }));
  let seconds = 0;
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * seconds++);
  await expect(stopStream(stuck)).rejects.toMatchObject({
    ...{
      reason: "failure",
      message: `${NAME} has stopped but does not exit; end it with: kill ${process.pid}`,
    },
  });
  expect(seconds).toBe(6); // the first, and two for each look
});

test("a connection is closed once the answer is there, whoever else keeps it open", async () => {
  let open = 0;
  lock = await lockName(folder, "garden", (socket) => {
    open += 1;
    socket.on("error", () => undefined).once("close", () => (open -= 1));
    socket.once("data", () => socket.write(line({ ok: true, status: null })));
  });
  const found = await holderOf(folder, "garden");
  if (found === null) throw new Error("nobody holds it");
  expect(await urlOf(found)).toBeNull();
  await vi.waitUntil(() => open === 0);
});
