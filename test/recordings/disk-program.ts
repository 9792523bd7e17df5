import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

let made: Promise<string> | null = null;

/** The disk process as JavaScript, which node runs without our build. */
export async function diskProgram(): Promise<string> {
  made ??= bundle();
  return await made;
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-disk-"));
  // Test files share it, in whatever order they run.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, "disk-process.mjs");
  await build({
    entryPoints: ["src/recordings/disk-process.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return outfile;
}
