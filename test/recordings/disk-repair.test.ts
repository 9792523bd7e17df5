import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { repairedFile } from "../../src/recordings/disk-repair.ts";
import { filePart, framesUntil } from "../media/flv/file.ts";

vi.mock(import("node:fs"), async (original) => ({
  ...(await original()),
  ftruncateSync: () => {
    throw Object.assign(new Error("EIO: i/o error, ftruncate"), { code: "EIO" });
  },
}));

const openFiles = () => readdirSync("/proc/self/fd").length;

const folder = mkdtempSync(join(tmpdir(), "flvcast-repair-"));
afterEach(() => rmSync(folder, { recursive: true }));

it.runIf(process.platform === "linux")("a file that cannot be repaired does not stay open", () => {
  const file = join(folder, "cam.flv.part");
  writeFileSync(file, Buffer.concat(filePart(framesUntil(440))));
  const before = openFiles();
  expect(() => [...repairedFile(file, 1)]).toThrow("EIO");
  expect(openFiles()).toBe(before);
});
