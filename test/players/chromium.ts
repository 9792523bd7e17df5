import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium as browserType, type Page } from "playwright-core";
import { findProgram } from "../run.ts";
import type { PicturePlayer, PlayReport } from "./report.ts";

const require = createRequire(import.meta.url);
const programs = ["chromium", "chromium-browser", "google-chrome"];

/** The script of mpegts.js, and that of flv.js, from which it comes and whose API it has. */
const mpegtsPath = require.resolve("mpegts.js/dist/mpegts.js");
export const flvJsPath = process.env["FLVCAST_TEST_FLVJS"];

/** Chromium with mpegts.js: the browser that most viewers use. */
export const chromium: PicturePlayer = {
  name: "Chromium with mpegts.js",
  programs,
  play: (url, seconds, screenshotPath) => play(url, seconds, mpegtsPath, screenshotPath),
};

export const flvJs: PicturePlayer = {
  name: "Chromium with flv.js",
  programs,
  play: (url, seconds, screenshotPath) => play(url, seconds, flvJsPath ?? "", screenshotPath),
};

/** A browser that watches, and can be asked how it fares. */
export interface BrowserViewer {
  /** What it has seen so far. */
  report(): Promise<PlayReport>;
  /** Where it is in the stream, and how much of it lies ahead: what it has been sent and does not yet show. */
  position(): Promise<{ readonly playedMs: number; readonly aheadMs: number }>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

async function play(
  url: string,
  seconds: number,
  script: string,
  screenshotPath?: string,
): Promise<PlayReport> {
  const viewer = await watchInChromium(url, script);
  try {
    await delay(seconds * 1000);
    const played = await viewer.report();
    if (screenshotPath !== undefined) await viewer.screenshot(screenshotPath);
    return played;
  } finally {
    await viewer.close();
  }
}

/** Opens the page with mpegts.js, and waits until it plays. */
export async function watchInChromium(url: string, script = mpegtsPath): Promise<BrowserViewer> {
  const executablePath = findProgram(...programs);
  if (executablePath === null) throw new Error(`none of ${programs.join(", ")} is installed`);
  const site = await serveSite(new URL(url), script);
  const browser = await browserType.launch({
    executablePath,
    args: ["--autoplay-policy=no-user-gesture-required", "--mute-audio"],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const close = async () => {
    await browser.close();
    site.close();
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
    const complaints = await complaintsOf(page);
    await page.goto(`${site.url}#${new URL(url).pathname}`);
    await page.waitForFunction("document.querySelector('video').currentTime > 0", null, { timeout: 15_000 });
    const seen = async () => readSeen(await page.evaluate<unknown>("whatWasSeen()"));
    return {
      report: async () => report(await seen(), complaints),
      position: async () => {
        const { playedMs, aheadMs } = await seen();
        return { playedMs, aheadMs };
      },
      screenshot: async (path) => {
        await page.screenshot({ path });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All that the page and the browser's own media code complain of from now on. */
async function complaintsOf(page: Page): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    const isComplaint = ["warning", "error"].includes(message.type()) && !harmless.test(message.text());
    if (isComplaint) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const media = await page.context().newCDPSession(page);
  media.on("Media.playerErrorsRaised", ({ errors }) => complaints.push(JSON.stringify(errors)));
  media.on("Media.playerMessagesLogged", ({ messages }) => {
    const serious = messages.filter(({ level }) => level === "error" || level === "warning");
    complaints.push(...serious.map(({ message }) => message));
  });
  await media.send("Media.enable");
  return complaints;
}

/** The first frames of two tracks are apart by milliseconds, or by the delay of B-frames; both libraries begin where they have both, and say so. */
const harmless = /(StartupStallJumper|FlvPlayer).* Playback seems stuck at 0(\.0\d+)?, seek to 0\.[0-3]\d*/;

/** What `whatWasSeen` in page.html returns. */
interface Seen {
  readonly complaints: readonly string[];
  readonly frameTimesMs: readonly number[];
  readonly shownFrames: number;
  readonly audioBytes: number;
  readonly playedMs: number;
  readonly aheadMs: number;
}

function readSeen(value: unknown): Seen {
  if (isSeen(value)) return value;
  throw new Error(`page.html: expected what was seen, got ${JSON.stringify(value)}`);
}

function isSeen(value: unknown): value is Seen {
  const keys = ["complaints", "frameTimesMs", "shownFrames", "audioBytes", "playedMs", "aheadMs"];
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}

function report(seen: Seen, complaints: readonly string[]): PlayReport {
  return {
    complaints: [...seen.complaints, ...complaints],
    video: seen.shownFrames === 0 ? null : { frames: seen.shownFrames, timesMs: seen.frameTimesMs },
    audio: seen.audioBytes === 0 ? null : { frames: null, timesMs: [] },
    playedMs: seen.playedMs,
  };
}

/** The page, its player and, of the same origin, the stream. */
async function serveSite(stream: URL, script: string): Promise<{ readonly url: string; close(): void }> {
  const files = new Map([
    ["/", fileURLToPath(new URL("page.html", import.meta.url))],
    ["/player.js", script],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "");
    if (file !== undefined) createReadStream(file).pipe(response);
    else if (request.url === stream.pathname) relay(stream, request, response);
    else response.writeHead(204).end(); // the browser asks for an icon
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the page's server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function relay(stream: URL, request: IncomingMessage, response: ServerResponse): void {
  const upstream = get(stream, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] ?? "" });
    answer.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  request.on("close", () => upstream.destroy());
}
