// What `npm start` and `npm test` run first: modules, build, a working ffmpeg and, with --tests, what tests need.
// Plain Node without packages, since it runs before there are any. Not part of the published package.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  setUp(process.argv.includes("--tests"));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @param {boolean} withTests */
function setUp(withTests) {
  const packages = [];
  let ffmpeg = findSystemFfmpeg();
  if (!modulesAreCurrent()) {
    say("installing modules");
    // ffmpeg-static then downloads nothing: its host may be out of reach, and trying takes minutes.
    const env = ffmpeg === null ? {} : { FFMPEG_BIN: ffmpeg };
    // Not npm ci: that refuses a lock without the binaries of other systems, and not every registry has those.
    run(["npm", "install", "--no-save", "--no-audit", "--no-fund"], env);
  }
  ffmpeg ??= findStaticFfmpeg();
  if (ffmpeg === null) packages.push("ffmpeg");
  if (withTests && !["chromium", "chromium-browser", "google-chrome"].some(onPath)) packages.push("chromium");
  if (withTests && process.platform === "linux") packages.push(...lackingForLinuxTests());
  if (packages.length > 0) installPackages(packages);
  if (!buildIsCurrent()) {
    say("building");
    run(["npm", "run", "--silent", "build"]);
  }
}

/** What a Debian lacks for the tests that need a screen, a sound server, a GPU in software, or a network of their own. */
function lackingForLinuxTests() {
  const programs = [
    ["Xvfb", "xvfb"],
    ["gcc", "gcc"],
    ["pulseaudio", "pulseaudio"],
    ["pactl", "pulseaudio-utils"],
    ["ip", "iproute2"],
  ];
  const headers = [
    ["stdlib.h", "libc6-dev"], // gcc only recommends it
    ["va/va_backend.h", "libva-dev"],
    ["X11/Xlib.h", "libx11-dev"],
    ["pulse/simple.h", "libpulse-dev"],
  ];
  return [
    ...programs.filter(([program]) => !onPath(program ?? "")),
    ...headers.filter(([header]) => !existsSync(join("/usr/include", header ?? ""))),
  ].map(([, name]) => name ?? "");
}

/** Every package of the lock that is not optional is there, in the lock's version. */
function modulesAreCurrent() {
  if (!existsSync("node_modules")) return false;
  if (lstatSync("node_modules").isSymbolicLink()) return true; // a worktree's: whoever owns it keeps it
  const installed = readPackages("node_modules/.package-lock.json");
  return Object.entries(readPackages("package-lock.json")).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

/**
 * @param {string} lockPath
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(lockPath) {
  return existsSync(lockPath) ? JSON.parse(readFileSync(lockPath, "utf8")).packages : {};
}

function buildIsCurrent() {
  const built = "dist/cli/main.js";
  if (!existsSync(built)) return false;
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).map((name) => join("src", name));
  const builtMs = statSync(built).mtimeMs;
  // Directories count, too: they change when a file goes.
  return ["src", "package.json", "tsconfig.json", "tsconfig.build.json", ...sources].every(
    (path) => statSync(path).mtimeMs <= builtMs,
  );
}

/** The path of the ffmpeg asked for, or of the system's; null when there is none that runs. */
function findSystemFfmpeg() {
  const asked = process.env["FLVCAST_FFMPEG"];
  if (asked) {
    if (runs(asked)) return asked;
    throw new Error(`FLVCAST_FFMPEG=${asked} does not run: give the path of an ffmpeg, or leave it out`);
  }
  const found = onPath("ffmpeg");
  return found !== null && runs(found) ? found : null;
}

function findStaticFfmpeg() {
  try {
    const path = createRequire(import.meta.url)("ffmpeg-static");
    return typeof path === "string" && runs(path) ? path : null;
  } catch {
    return null; // optional: npm leaves it out when its download fails
  }
}

/** @param {string} ffmpeg */
function runs(ffmpeg) {
  return spawnSync(ffmpeg, ["-version"], { stdio: "ignore", timeout: 10_000 }).status === 0;
}

/** @param {string} name */
function onPath(name) {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const files = folders.map((folder) => join(folder, process.platform === "win32" ? `${name}.exe` : name));
  return files.find((file) => existsSync(file)) ?? null;
}

/** @param {readonly string[]} packages */
function installPackages(packages) {
  const list = packages.join(" ");
  const asRoot = rootPrefix();
  if (!onPath("apt-get") || asRoot === null) throw new Error(`please install ${list}, then try again`);
  say(`installing ${list}`);
  const apt = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"];
  run([...apt, "update"]);
  run([...apt, "install", "-y", "--no-install-recommends", ...packages]);
  if (packages.includes("ffmpeg") && findSystemFfmpeg() === null)
    throw new Error("ffmpeg is installed but does not run");
}

/** What makes a command run as root, `[]` when we are; null when nothing does without asking. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0 ? ["sudo", "-n"] : null;
}

/**
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} env
 */
function run([program, ...args], env = {}) {
  const { status, error } = spawnSync(program ?? "", args, {
    stdio: ["ignore", 2, 2], // all progress is for stderr
    env: { ...process.env, ...env },
    shell: process.platform === "win32", // npm is a script there
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? "see above"}`);
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`flvcast setup: ${line}\n`);
}
