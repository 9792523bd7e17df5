import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the flvcast under test keeps what it finds out: a folder of this run, never the user's. */
export const cacheFolder = mkdtempSync(join(tmpdir(), "flvcast-cache-"));

process.on("exit", () => rmSync(cacheFolder, { recursive: true, force: true }));
