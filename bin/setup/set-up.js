// Modules, a working ffmpeg, a build and, with --tests, what tests need. Plain Node without packages, since it runs before
// there are any. Not part of the published package.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./apt.js";
import { buildIsCurrent, modulesAreCurrent } from "./current.js";
import { findStaticFfmpeg, findSystemFfmpeg, lackingForTests } from "./programs.js";
import { say, startLog, step } from "./progress.js";

/** @param {readonly string[]} args `--tests`; `--yes` to use root without asking, as with `npm test --yes` */
export async function setUp(args) {
  process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  try {
    await install(
      args.includes("--tests"),
      args.includes("--yes") || process.env["npm_config_yes"] === "true",
    );
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/**
 * @param {boolean} withTests
 * @param {boolean} isAgreed
 */
async function install(withTests, isAgreed) {
  startLog();
  let ffmpeg = findSystemFfmpeg();
  if (!modulesAreCurrent()) {
    // ffmpeg-static then downloads nothing: its host may be out of reach, and trying takes minutes.
    const env = ffmpeg === null ? {} : { FFMPEG_BIN: ffmpeg };
    // Not npm ci: that refuses a lock without the binaries of other systems, and not every registry has those.
    await step("installing Node packages", ["npm", "install", "--no-save", "--no-audit", "--no-fund"], env);
  }
  ffmpeg ??= findStaticFfmpeg();
  const packages = [...(ffmpeg === null ? ["ffmpeg"] : []), ...(withTests ? lackingForTests() : [])];
  if (packages.length > 0) await installPackages(packages, isAgreed);
  if (ffmpeg === null && findSystemFfmpeg() === null) throw new Error("ffmpeg is installed but does not run");
  if (!buildIsCurrent()) await step("building", ["npm", "run", "--silent", "build"]);
}
