import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Ensured, ensureRunning } from "../../src/control/ensure.ts";
import { lockName, type NameLock } from "../../src/control/name-lock.ts";
import { openControlSocket } from "../../src/control/socket.ts";
import { beforeNextLink, forgetNextLink } from "./before-link.ts";

let folder: string;
let taken: NameLock[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-ensure-"));
  taken = [];
});
afterEach(async () => {
  forgetNextLink();
  for (const lock of taken) if (lock.kind === "mine") await lock.release();
  rmSync(folder, { recursive: true, force: true });
});

const mustNotStart = () => Promise.reject(new Error("it was started"));

/** A start that takes the stream's name. */
async function startGarden(): Promise<Ensured> {
  taken.push(await lockName(folder, "garden", (socket) => socket.end()));
  return { kind: "running" };
}

test("of many who call at once, one starts it, and all hear that it runs", async () => {
  const all = Array.from({ length: 20 }, () => ensureRunning(folder, "garden", startGarden));
  expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, () => ({ kind: "running" })));
  expect(taken.map(({ kind }) => kind)).toEqual(["mine"]);
});

/** Resolves once so many connections have come to a socket of this process. */
async function connections(count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    let left = count;
    const onConnection = () => {
      left -= 1;
      if (left > 0) return;
      unsubscribe("net.server.socket", onConnection);
      resolve();
    };
    subscribe("net.server.socket", onConnection);
  });
}

test("whoever calls while another's launch fails hears of it, and does not try", async () => {
  const failed: Ensured = { kind: "failed", exitCode: 10, said: "there is no camera\n" };
  let second: Promise<Ensured> | undefined;
  const first = ensureRunning(folder, "garden", async () => {
    const listening = connections(2); // to see whether the first lives, and to hear
    second = ensureRunning(folder, "garden", mustNotStart);
    await listening;
    return failed;
  });
  expect(await first).toEqual(failed);
  expect(await second).toEqual(failed);
});

test("whoever finds another at it hears how that went, and does not try", async () => {
  const failed: Ensured = { kind: "failed", exitCode: 10, said: "there is no camera\n" };
  const other = await lockName(folder, "garden+ensure", (socket) => {
    socket.on("error", () => undefined); // one that only looked whether we live
    socket.write(`${JSON.stringify(failed)}\n`);
  });
  taken.push(other);
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual(failed);
});

test("whoever has heard how it went hangs up", async () => {
  let open = 0;
  const other = await lockName(folder, "garden+ensure", (socket) => {
    open += 1;
    socket
      .on("error", () => undefined)
      .resume()
      .once("close", () => (open -= 1));
    socket.write('{"kind":"running"}\n');
  });
  taken.push(other);
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual({ kind: "running" });
  await vi.waitUntil(() => open === 0);
});

test("nothing is started that another started since it was looked for", async () => {
  const rival = await openControlSocket(folder, (peer) => peer.end());
  beforeNextLink(() => symlinkSync(rival.file, join(folder, "garden@1")));
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual({ kind: "running" });
  await rival.close();
});

test("nothing is started that runs", async () => {
  await startGarden();
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual({ kind: "running" });
});

test("a start that fails is told, and keeps nobody from the next", async () => {
  const failed: Ensured = { kind: "failed", exitCode: 10, said: "there is no camera\n" };
  expect(await ensureRunning(folder, "garden", () => Promise.resolve(failed))).toEqual(failed);
  expect(readdirSync(folder)).toEqual([]); // by then, it is nobody's turn
  expect(await ensureRunning(folder, "garden", startGarden)).toEqual({ kind: "running" });
  expect(taken).toHaveLength(1);
});

test.each([
  "null",
  "7",
  "{}",
  '{"kind":"failed"}',
  '{"kind":"failed","exitCode":"10"}',
  '{"kind":"failed","exitCode":1.5}',
  "nonsense",
])("another whose launch ends with %s is not believed: it is looked again", async (line) => {
  const other = await lockName(folder, "garden+ensure", (socket) => {
    socket.on("error", () => undefined); // one that only looked whether we live
    void startGarden().then(() => socket.end(`${line}\n`));
  });
  taken.push(other);
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual({ kind: "running" });
});

test("a failure whose words are missing is one all the same", async () => {
  const other = await lockName(folder, "garden+ensure", (socket) =>
    socket.on("error", () => undefined).end('{"kind":"failed","exitCode":3}\n'),
  );
  taken.push(other);
  expect(await ensureRunning(folder, "garden", mustNotStart)).toEqual({
    ...{ kind: "failed", exitCode: 3, said: "" },
  });
});

test("the folder is made where it is not there yet", async () => {
  rmSync(folder, { recursive: true });
  expect(await ensureRunning(folder, "garden", startGarden)).toEqual({ kind: "running" });
});
