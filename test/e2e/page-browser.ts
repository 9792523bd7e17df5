import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll } from "vitest";
import { findProgram } from "../run.ts";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const programs = ["chromium", "chromium-browser", "google-chrome"];

/** Null, and a line that says so, where there is no browser. */
export const browserPath = findProgram(...programs);
if (browserPath === null) console.log(`skipped: the page: none of ${programs.join(", ")} is installed`);

/** A page in a browser, and all that it complains of. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** One for all tests of a file: to start it takes longer than most of them. */
let browser: Browser | null = null;
afterAll(async () => await browser?.close());

/** Opens an empty page in a profile of its own, which allows what browsers allow a page that nobody has touched. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<OpenPage> {
  if (browser?.isConnected() !== true) {
    browser = await chromium.launch({
      executablePath: browserPath ?? "",
      args: ["--mute-audio"],
      chromiumSandbox: process.getuid?.() !== 0,
    });
  }
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints, close: () => context.close() };
}

/** What axe finds that keeps somebody from using the page. */
export async function accessFaults(page: Page): Promise<unknown> {
  return page.evaluate<unknown>(`(async () => {
    ${axe};
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" "));
  })()`);
}

/** How it stands with the player, or the tiles, in the page's own words. */
export async function situations(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<unknown>(
    "[...document.querySelectorAll('[data-situation]')].map((element) => element.dataset.situation)",
  );
  return Array.isArray(found) ? found.map(String) : [];
}

/** Waits until all that is shown plays, or whatever else is said. The page's policy lets nothing be evaluated in it. */
export async function untilAll(page: Page, situation: string, count = 1, patienceMs = 15_000): Promise<void> {
  const wanted = Array.from({ length: count }, () => situation).join();
  const endMs = performance.now() + patienceMs;
  for (let found = ""; found !== wanted; found = (await situations(page)).join()) {
    if (performance.now() > endMs) throw new Error(`not ${wanted} for ${patienceMs} ms, but ${found}`);
    await page.waitForTimeout(20);
  }
}

/** What the stats say, by name; they have to be shown. */
export async function figures(page: Page): Promise<Readonly<Record<string, string>>> {
  const text = await page.locator("[aria-label=Stats] .figures").innerText();
  const lines = text.split("\n").map((line) => line.trim());
  return Object.fromEntries(
    lines.flatMap((line, at) => (at % 2 === 0 ? [[line, lines[at + 1] ?? ""] as const] : [])),
  );
}

/** Something that changes with each picture: the sum of its pixels. */
export async function fingerprint(page: Page): Promise<number> {
  return Number(
    await page.evaluate<unknown>(`(() => {
      const shown = [...document.querySelectorAll(".picture")].find((picture) => !picture.hidden);
      if (shown === undefined) return 0;
      const small = new OffscreenCanvas(64, 36);
      const context = small.getContext("2d");
      context.drawImage(shown, 0, 0, 64, 36);
      return context.getImageData(0, 0, 64, 36).data.reduce((sum, value, at) => sum + value * (at + 1), 0);
    })()`),
  );
}

/** Waits until the picture is another one. */
export async function untilMoved(page: Page, patienceMs = 10_000): Promise<void> {
  const before = await fingerprint(page);
  const endMs = performance.now() + patienceMs;
  while ((await fingerprint(page)) === before) {
    if (performance.now() > endMs) throw new Error(`the picture has not moved for ${patienceMs} ms`);
    await page.waitForTimeout(50);
  }
}

/** What a page is told when its tab goes behind another one; a browser without a screen hides none. */
export async function setVisibility(page: Page, visibility: "visible" | "hidden"): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${visibility}" });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}

/** Waits until less than a second lies between the network and the screen; the stats have to be shown. */
export async function untilLive(page: Page, patienceMs = 15_000): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (
    let bufferMs = Number.NaN;
    !(bufferMs < 1000);
    bufferMs = Number.parseInt((await figures(page))["Buffer"] ?? "", 10)
  ) {
    if (performance.now() > endMs)
      throw new Error(`not at the live edge for ${patienceMs} ms, but ${bufferMs} ms behind`);
    await page.waitForTimeout(100);
  }
}
