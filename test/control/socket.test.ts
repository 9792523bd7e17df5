import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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
    ...{ name: "UnwritableError", code: null, message: expect.stringContaining("too long a name") },
  });
});

test("nobody listens at what is not there, is no socket, or is below a file", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const path of [join(folder, "nothing"), file, join(file, "below")]) {
    expect(await isOpen(path)).toBe(false);
  }
});
