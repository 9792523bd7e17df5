import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** @param {string} name */
export function onPath(name) {
  // Debian has no sbin in the PATH of users, and nginx is there.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"].filter(
    (folder) => folder !== "",
  );
  const files = folders.map((folder) => join(folder, process.platform === "win32" ? `${name}.exe` : name));
  return files.find((file) => existsSync(file)) ?? null;
}

/** The path of the ffmpeg asked for, or of the system's; null when there is none that runs. */
export function findSystemFfmpeg() {
  const asked = process.env["FLVCAST_FFMPEG"];
  if (asked) {
    if (runs(asked)) return asked;
    throw new Error(`FLVCAST_FFMPEG=${asked} does not run: give the path of an ffmpeg, or unset it`);
  }
  const found = onPath("ffmpeg");
  return found !== null && runs(found) ? found : null;
}

export function findStaticFfmpeg() {
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

/** Debian's packages that tests need and that are not here. */
export function lackingForTests() {
  const lacking = ["chromium", "chromium-browser", "google-chrome"].some(onPath) ? [] : ["chromium"];
  if (process.platform !== "linux") return lacking;
  return [
    ...lacking,
    ...programs.filter(([program]) => onPath(program) === null).map(([, name]) => name),
    ...files.filter(([file]) => !existsSync(file)).map(([, name]) => name),
    ...headers.filter(([header]) => !existsSync(join("/usr/include", header))).map(([, name]) => name),
  ];
}

/** For the tests that need a screen, a sound server, a GPU in software, a network of their own or a web server in front. */
const programs = /** @type {const} */ ([
  ["Xvfb", "xvfb"],
  ["gcc", "gcc"],
  ["pulseaudio", "pulseaudio"],
  ["pactl", "pulseaudio-utils"],
  ["ip", "iproute2"],
  ["curl", "curl"],
  ["nginx", "nginx-light"],
  ["caddy", "caddy"],
]);

const files = /** @type {const} */ ([
  ["/usr/lib/nginx/modules/ngx_rtmp_module.so", "libnginx-mod-rtmp"], // a server that streams are pushed to
]);

const headers = /** @type {const} */ ([
  ["stdlib.h", "libc6-dev"], // gcc only recommends it
  ["va/va_backend.h", "libva-dev"],
  ["X11/Xlib.h", "libx11-dev"],
  ["pulse/simple.h", "libpulse-dev"],
]);
