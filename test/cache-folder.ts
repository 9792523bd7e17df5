import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the flvcast under test keeps what it finds out: a folder of this run, never the user's. */
export const cacheFolder = process.env["FLVCAST_TEST_CACHE"] ?? "";

/** Before any test, in the process that starts those of the tests. @returns what is to be done after them */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-cache-"));
  process.env["FLVCAST_TEST_CACHE"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
