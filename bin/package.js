// `npm run package [-- [--built] FOLDER]`: the tarball that is published, in FOLDER or here. It is that of `npm pack` without dependencies:
// their code is in dist, and fluent-ffmpeg alone would put 12 MB on a user's disk. Prints what `npm pack --json` says of it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { at } from "./build/paths.js";

const { values, positionals } = parseArgs({
  options: { built: { type: "boolean" } }, // dist is as it should be
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "flvcast-package-"));
/** @param {readonly string[]} command */
const run = ([program = "", ...args]) =>
  execFileSync(program, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

try {
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const scripts = values.built === true ? ["--ignore-scripts"] : [];
  run(["npm", "pack", at("."), ...scripts, "--silent", "--pack-destination", folder]);
  run(["tar", "-xzf", join(folder, `flvcast-${version}.tgz`), "-C", folder]);
  const manifestPath = join(folder, "package/package.json");
  const { dependencies: _, ...manifest } = JSON.parse(readFileSync(manifestPath, "utf8"));
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  const destination = ["--pack-destination", positionals[0] ?? at(".")];
  process.stdout.write(
    run(["npm", "pack", join(folder, "package"), "--ignore-scripts", "--json", ...destination]),
  );
} finally {
  rmSync(folder, { recursive: true });
}
