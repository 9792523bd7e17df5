import { EventEmitter, once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isOpen, openControlSocket } from "../../src/control/socket.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-socket-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder in which a socket of this process has so long a path. */
function folderFor(pathBytes: number): string {
  const bytes = pathBytes - `/${process.pid}-00000000.sock`.length;
  const made = join(folder, "x".repeat(bytes - folder.length - 1));
  mkdirSync(made);
  return made;
}

test("a path of 103 bytes holds a socket", async () => {
  const long = folderFor(103);
  const socket = await openControlSocket(long, (peer) => peer.end());
  expect(existsSync(join(long, socket.file))).toBe(true);
  expect(await isOpen(join(long, socket.file))).toBe(true);
  await socket.close();
});

test("a longer one is refused: it would be cut off silently", async () => {
  await expect(openControlSocket(folderFor(104), (peer) => peer.end())).rejects.toMatchObject({
    ...{ name: "UnwritableError", code: null, message: expect.stringContaining("is too long for a socket") },
  });
});

test("nobody listens at what is not there, is no socket, or is below a file", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const path of [join(folder, "nothing"), file, join(file, "below")]) {
    expect(await isOpen(path)).toBe(false);
  }
});

test("whoever has looked hangs up", async () => {
  const gone = new EventEmitter();
  const socket = await openControlSocket(folder, (peer) =>
    peer.resume().once("close", () => gone.emit("close")),
  );
  const closed = once(gone, "close");
  expect(await isOpen(join(folder, socket.file))).toBe(true);
  await closed;
  await socket.close();
});

test("a connection that fails is over, and nothing else", async () => {
  let accepted: Socket | undefined;
  const socket = await openControlSocket(folder, (peer) => (accepted = peer));
  await isOpen(join(folder, socket.file));
  await vi.waitUntil(() => accepted !== undefined);
  accepted?.emit("error", new Error("ECONNRESET"));
  expect(accepted?.destroyed).toBe(true);
  await socket.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("a stream that has no file descriptor left for a client goes on", async () => {
  const listening = vi.spyOn(Server.prototype, "listen");
  const socket = await openControlSocket(folder, (peer) => peer.end());
  const [server] = listening.mock.contexts as Server[];
  listening.mockRestore();
  expect(server?.emit("error", new Error("accept EMFILE"))).toBe(true);
  expect(await isOpen(join(folder, socket.file))).toBe(true);
  await socket.close();
});
