// `npm pack` makes a package without dependencies: their code is in dist, and fluent-ffmpeg alone would put 12 MB on a
// user's disk. `out` sets the full package.json aside, `back` restores it, as does the next `out` after a crash.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { at } from "./build/paths.js";

const full = at("package.full.json");
const published = at("package.json");

if (process.argv[2] === "publish") {
  // npm publish tells the registry what package.json says after postpack.
  console.error("publish the tarball instead: npm pack && npm publish ./flvcast-*.tgz");
  process.exit(1);
}
if (existsSync(full)) renameSync(full, published); // with its time, by which setup sees whether the build is current
if (process.argv[2] === "out") {
  renameSync(published, full);
  const { dependencies: _, ...manifest } = JSON.parse(readFileSync(full, "utf8"));
  writeFileSync(published, `${JSON.stringify(manifest, null, 2)}\n`);
}
