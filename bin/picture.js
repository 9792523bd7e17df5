// Makes the README's picture: what `flvcast start` prints on a terminal, and a phone that has opened its page. Both are
// real, in a network of their own where this machine is 192.168.1.7. Needs Linux, tmux, ffmpeg and Chromium.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { onPath } from "./setup/programs.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "docs/flvcast.png");
const maxBytes = 150_000;
const columns = 82;
const network = [
  ...[
    "ip link set lo up",
    "ip link add eth0 type veth peer name peer0",
    "ip addr add 192.168.1.7/24 dev eth0",
  ],
  ...["ip link set eth0 up", "ip link set peer0 up"],
];

/** Which of SGR's codes are of one kind, of which a later one takes the place of an earlier one. */
const kinds = { colour: /^(3|9)\d$/, background: /^(4|10)\d$/ };

if (process.argv.includes("--inside")) await makePicture();
else {
  const inside = [...network, 'exec "$0" "$@"'].join(" && ");
  const own = [process.execPath, fileURLToPath(import.meta.url), "--inside"];
  const options = /** @type {const} */ ({ stdio: "inherit" });
  execFileSync("unshare", ["--user", "--map-root-user", "--net", "sh", "-c", inside, ...own], options);
}

async function makePicture() {
  const home = mkdtempSync(join(tmpdir(), "flvcast-picture-"));
  symlinkSync(resolve(root, "bin/flvcast.js"), join(home, "flvcast"));
  const executablePath = ["chromium", "chromium-browser", "google-chrome"]
    .map(onPath)
    .find((path) => path !== null);
  const browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  try {
    const screen = await runInTerminal(home, "flvcast start test --name garden --host 0.0.0.0");
    const phone = await browser.newPage({
      viewport: { width: 360, height: 640 },
      deviceScaleFactor: 2,
      hasTouch: true,
    });
    await phone.goto(screen.url); // leads to the page
    await phone.waitForSelector("[data-situation=playing]");
    await phone.touchscreen.tap(180, 120); // shows the controls
    await delay(300);
    const shot = (await phone.screenshot()).toString("base64");
    const both = await browser.newPage({ viewport: { width: 1200, height: 100 }, deviceScaleFactor: 1.5 });
    await both.setContent(composition(screen.html, `data:image/png;base64,${shot}`));
    const large = join(home, "large.png");
    writeFileSync(large, await both.screenshot({ fullPage: true }));
    const palette = "split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none";
    execFileSync("ffmpeg", ["-v", "error", "-y", "-i", large, "-vf", palette, target]);
    const { size } = statSync(target);
    process.stderr.write(`${target}: ${size} bytes\n`);
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
  } finally {
    await browser.close();
    tmux("kill-server");
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Types a command that streams into a terminal, and reads its screen when it has printed all.
 * @param {string} home
 * @param {string} command
 */
async function runInTerminal(home, command) {
  const folders = `HOME=${home} STATE_DIRECTORY=${home} RUNTIME_DIRECTORY=${home}`;
  const env = `${folders} PATH=${home}:$PATH PS1='$ ' TERM=xterm-256color`;
  tmux(
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    "60",
    `env -u NO_COLOR ${env} sh -i`,
  );
  tmux("send-keys", command, "Enter");
  let before = "";
  for (let stable = 0; stable < 20; ) {
    await delay(100);
    const now = tmux("capture-pane", "-p");
    stable = now === before && now.includes("/garden") && now.includes("http") ? stable + 1 : 0;
    before = now;
  }
  const url = /http:\S+\/garden\S*/.exec(tmux("capture-pane", "-p", "-J"))?.[0];
  if (url === undefined) throw new Error(`no URL in:\n${before}`);
  return { url, html: htmlOf(tmux("capture-pane", "-p", "-e", "-N").trimEnd()) };
}

/** @param {readonly string[]} args */
function tmux(...args) {
  return execFileSync("tmux", ["-L", "flvcast-picture", ...args], { encoding: "utf8" });
}

/**
 * A terminal's text with its colours (SGR: bold, dim, and the sixteen colours) as HTML.
 * @param {string} text
 */
function htmlOf(text) {
  const [first = "", ...rest] = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").split("\u001b[");
  /** @type {readonly string[]} */
  let style = [];
  const spans = rest.map((part) => {
    const [, sgr = "", written = ""] = /^([\d;]*)m([^]*)$/.exec(part) ?? [];
    for (const code of sgr.split(";")) style = styled(style, code);
    return `<span class="${style.map((code) => `s${code}`).join(" ")}">${written}</span>`;
  });
  return [first, ...spans].join("");
}

/**
 * The codes in force after a further one: 39 ends a colour, 49 a background, 0 all.
 * @param {readonly string[]} style
 * @param {string} code
 */
function styled(style, code) {
  if (Number(code) === 0) return [];
  const kind = Object.values(kinds).find((codes) => codes.test(code));
  const others = style.filter((earlier) => kind?.test(earlier) !== true);
  return code === "39" || code === "49" ? others : [...others, code];
}

/**
 * @param {string} terminal
 * @param {string} phone the URL of its screen
 */
function composition(terminal, phone) {
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 36px; display: flex; gap: 36px; align-items: center; background: #dfe5ec; }
.window { flex: 1; border-radius: 10px; overflow: hidden; background: #14181d; box-shadow: 0 12px 32px #0004; }
.bar { padding: 11px 14px; background: #232931; display: flex; gap: 8px; }
.bar i { width: 12px; height: 12px; border-radius: 50%; background: #3d4651; }
pre { margin: 0; padding: 16px 20px 20px; color: #d7dde4; font: 15.46px/18px "DejaVu Sans Mono", monospace; }
.s1 { font-weight: bold; } .s2 { color: #8b95a1; } .s31 { color: #ff7b72; } .s32 { color: #7ee787; }
.s33 { color: #e3b341; } .s36 { color: #76d9e6; } .s90 { color: #8b95a1; } .s30 { color: #000; }
.s47, .s107 { background: #fff; }
.phone { flex: none; padding: 10px; border-radius: 38px; background: #0b0d10; box-shadow: 0 12px 32px #0004; }
.phone img { display: block; width: 264px; border-radius: 28px; }
</style><div class="window"><div class="bar"><i></i><i></i><i></i></div><pre><span>${terminal}</span></pre></div>
<div class="phone"><img src="${phone}" alt=""></div>`;
}
