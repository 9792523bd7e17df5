import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { onPath } from "./programs.js";
import { ask, canAsk, say, step } from "./progress.js";

/** Web servers that Debian starts as soon as they are installed. */
const services = ["nginx", "caddy"];

/**
 * @param {readonly string[]} packages
 * @param {boolean} isAgreed whether root may be used without asking
 */
export async function installPackages(packages, isAgreed) {
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  const asRoot = rootPrefix();
  if (!onPath("apt-get")) throw new Error(`please install ${packages.join(", ")}${elsewhere(packages)}`);
  if (asRoot === null)
    throw new Error(`these packages are missing. Install them, then try again:\n  sudo ${install.join(" ")}`);
  const sizeBefore = sizeOf(packages);
  const what = `Debian packages: ${packages.join(", ")}`;
  if (!isAgreed && canAsk() && !(await ask(`Install ${what}${sizeBefore ?? ""}, as root?`)))
    throw new Error(`not installed. To do it yourself:\n  sudo ${install.join(" ")}`);
  const apt = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive"];
  await step("updating apt's lists", [...apt, "apt-get", "update"]);
  say(`${what}${sizeOf(packages) ?? ""}`);
  await withoutStarting(asRoot, packages, () => step("installing them", [...apt, ...install]));
}

/** What makes a command run as root, `[]` when we are; null when nothing does without a password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0 ? ["sudo", "-n"] : null;
}

/** @param {readonly string[]} packages */
function elsewhere(packages) {
  const onlyFfmpeg = packages.length === 1 && packages[0] === "ffmpeg";
  if (process.platform === "darwin" && onlyFfmpeg) return ": brew install ffmpeg";
  if (process.platform === "win32" && onlyFfmpeg) return ": winget install ffmpeg";
  return ", then try again";
}

/**
 * What apt says that they take, for a sentence; null where its lists do not have them.
 * @param {readonly string[]} packages
 */
function sizeOf(packages) {
  const simulate = ["-o", "Debug::NoLocking=1", "--assume-no", "--no-install-recommends", "install"];
  const { stdout } = spawnSync("apt-get", [...simulate, ...packages], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const count = /(\d+) newly installed/.exec(stdout ?? "")?.[1];
  const download = /Need to get (?:[\d.,]+ \w+\/)?([\d.,]+ \w+) of archives/.exec(stdout ?? "")?.[1];
  const disk = /After this operation, ([\d.,]+ \w+) of additional/.exec(stdout ?? "")?.[1];
  if (count === undefined || download === undefined || disk === undefined) return null;
  return ` (${count} with what they depend on, ${download} to download, ${disk} on disk)`;
}

/**
 * Tests run web servers of their own: no service is to start with this machine.
 * @param {readonly string[]} asRoot
 * @param {readonly string[]} packages
 * @param {() => Promise<void>} install
 */
async function withoutStarting(asRoot, packages, install) {
  const units = services.filter((service) => packages.some((name) => name.startsWith(service)));
  if (units.length === 0 || !existsSync("/run/systemd/system")) return await install();
  const systemctl = [...asRoot, "systemctl"];
  await step("keeping their services off", [...systemctl, "mask", "--runtime", ...units]);
  try {
    await install();
  } finally {
    await step("keeping their services off", [...systemctl, "unmask", "--runtime", ...units]);
    await step("keeping their services off", [...systemctl, "disable", ...units]);
  }
}
