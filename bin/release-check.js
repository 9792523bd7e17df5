// `npm run release:check`: what has to be so before a version is published. Ends with a line for each finding and exit code 1, or
// with the tarball that passed. `-- --quick` leaves out the tests, which take ten minutes.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "./build/paths.js";
import { bundledPackages, licenceFindings } from "./release/bundled.js";
import { versionFindings } from "./release/changelog.js";
import { output, show, urlOf } from "./release/commands.js";
import { atMost, contentFindings } from "./release/contents.js";

const folder = mkdtempSync(join(tmpdir(), "flvcast-release-"));
/** @type {string[]} */
const findings = [];

/**
 * @param {string} what is looked at
 * @param {() => readonly string[] | Promise<readonly string[]>} look
 */
async function check(what, look) {
  process.stderr.write(`${what} …\n`);
  try {
    findings.push(...(await look()));
  } catch (error) {
    findings.push(error instanceof Error ? error.message : String(error));
  }
}

const repository = at(".");
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
const tarball = `flvcast-${version}.tgz`;
const installed = join(folder, "global/lib/node_modules/flvcast");
const clone = join(folder, "clone");

await check("the tree is clean", () => {
  const changed = output(repository, ["git", "status", "--porcelain"]).trim();
  return changed === "" ? [] : [`not committed: ${changed.replaceAll("\n", ", ")}`];
});

await check("versions", () =>
  versionFindings(
    readFileSync(at("CHANGELOG.md"), "utf8"),
    version,
    JSON.parse(readFileSync(at("package-lock.json"), "utf8")).version,
  ),
);

await check("the package's files and sizes", () => {
  const packed = output(repository, [process.execPath, "bin/package.js", folder]);
  return contentFindings(JSON.parse(packed)[0]);
});

await check("licences", async () =>
  licenceFindings(readFileSync(at("dist/web/licenses.txt"), "utf8"), await bundledPackages()),
);

await check("the package, installed", async () => {
  const prefix = ["--prefix", join(folder, "global"), "--omit=optional", "--no-audit", "--no-fund"];
  output(folder, ["npm", "install", "--global", ...prefix, join(folder, tarball)]);
  const flvcast = join(folder, "global/bin/flvcast");
  await urlOf(folder, [flvcast, "start", "test", "--port", "0"]);
  const said = output(folder, [flvcast, "--version"]).trim();
  const kilobytes = Number.parseInt(output(installed, ["du", "-sk", "."]), 10);
  return [
    ...(said === version ? [] : [`flvcast --version says ${said}`]),
    ...atMost(kilobytes, 8000, "kB on the disk once it is installed"),
  ];
});

await check("npm start in a fresh clone", async () => {
  output(folder, ["git", "clone", "--quiet", repository, clone]);
  await urlOf(clone, ["npm", "start", "--silent", "--", "--port", "0"]);
  return [];
});

if (!process.argv.includes("--quick")) {
  await check("npm test in that clone, with the installed package", () => {
    show(clone, ["npm", "test"], { CI: "true", FLVCAST_TEST_BIN: join(installed, "bin/flvcast.js") });
    return [];
  });
}

if (findings.length === 0) {
  copyFileSync(join(folder, tarball), at(tarball));
  console.log(tarball);
}
rmSync(folder, { recursive: true, force: true });
for (const finding of findings) console.error(`release: ${finding}`);
process.exitCode = findings.length === 0 ? 0 : 1;
