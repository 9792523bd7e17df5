import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const parent = mkdtempSync(join(tmpdir(), "flvcast-state-"));
let folders = 0;

/** Where a flvcast under test says that it runs: a folder that no other looks in, so that tests may share names. */
export function freshStateFolder(): string {
  folders += 1;
  return join(parent, String(folders));
}

process.on("exit", () => rmSync(parent, { recursive: true, force: true }));
