import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeArgs, living, picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import {
  browserPath,
  figures,
  type OpenPage,
  openBrowser,
  setVisibility,
  situations,
  untilAll,
  untilLive,
  untilMoved,
} from "./page-browser.ts";
import { type Program, start, stopAll } from "./program.ts";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = makeFolder();
afterAll(() => folder.remove());

describe.skipIf(browserPath === null)("the page of a stream", () => {
  let open: OpenPage;
  let program: Program;

  beforeEach(async () => {
    open = await openBrowser();
  });
  afterEach(async () => {
    await open.close();
    await stopAll();
  });

  /** The test source on the air; its page. */
  async function stream(...args: readonly string[]): Promise<URL> {
    program = start(["--device", "test", "--size", "640x360", ...args]);
    return new URL("/watch/test", await program.firstLine());
  }

  it.each([["low-latency"], ["mse"]])("plays at once, and complains of nothing: %s", async (player) => {
    const { page, complaints } = open;
    const url = await stream();
    const beganMs = performance.now();
    await page.goto(`${url.href}?player=${player}`);
    await untilAll(page, "playing");
    console.log(`${player}: plays ${Math.round(performance.now() - beganMs)} ms after the navigation`);
    await untilMoved(page);
    await page.keyboard.press("i");
    await page.waitForTimeout(1500);
    expect(await figures(page)).toMatchObject({
      Player: player === "mse" ? "Media Source over WebSocket" : "WebCodecs over WebSocket",
      Picture: expect.stringMatching(/^640 × 360/),
      Encoder: "libx264",
      Viewers: expect.stringMatching(/^[01]$/), // as many as there were when it was asked
    });
    expect(complaints).toEqual([]);
  });

  it.each([["low-latency"], ["mse"]])(
    "sounds when it is asked to, with the picture going on: %s",
    async (player) => {
      const { page, complaints } = open;
      await page.goto(`${(await stream()).href}?player=${player}`);
      await untilAll(page, "playing");
      await page.getByRole("button", { name: "Unmute" }).first().click();
      await page.waitForTimeout(2000);
      await untilMoved(page);
      expect(await page.getByRole("button", { name: "Mute", exact: true }).count()).toBe(1);
      await page.getByRole("button", { name: "Mute", exact: true }).click();
      await untilMoved(page);
      expect(complaints).toEqual([]);
    },
  );

  it("goes on by itself after the server was gone, and tells of it meanwhile", async () => {
    const { page } = open;
    const url = await stream();
    await page.goto(url.href);
    await untilAll(page, "playing");
    await program.stop();
    await untilAll(page, "offline");
    await expect(page.locator(".notice-title").innerText()).resolves.toMatch(/^Offline since \d\d:\d\d$/);
    await stream("--port", url.port);
    await untilAll(page, "playing", 1, 30_000);
    await untilMoved(page);
  });

  it("goes on after the death of ffmpeg", async () => {
    const { page, complaints } = open;
    const life = [{ replay: { 1: picturesPath }, seconds: 2 }, { exit: 1 }];
    program = start(
      fakeArgs,
      living(folder, { video: [life, life, [{ replay: { 1: picturesPath }, seconds: 2 }, { stall: true }]] }),
    );
    await page.goto(new URL("/watch/test", await program.firstLine()).href);
    await untilMoved(page);
    await page.waitForTimeout(4000);
    await untilMoved(page);
    expect(complaints).toEqual([]);
  });

  it.each([["low-latency"], ["mse"]])(
    "is back at the live edge after its tab was hidden: %s",
    async (player) => {
      const { page, complaints } = open;
      await page.goto(`${(await stream()).href}?player=${player}`);
      await untilAll(page, "playing");
      await setVisibility(page, "hidden");
      await delay(5000);
      await setVisibility(page, "visible");
      await untilMoved(page);
      await page.keyboard.press("i");
      await page.waitForTimeout(1500);
      await untilLive(page);
      expect(complaints).toEqual([]);
    },
  );

  it("goes on after its tab was frozen, and the server has cut it off meanwhile", async () => {
    const { page } = open;
    await page.goto((await stream("--viewer-timeout", "5s")).href);
    await untilAll(page, "playing");
    const tab = await page.context().newCDPSession(page);
    await tab.send("Page.setWebLifecycleState", { state: "frozen" });
    await delay(12_000);
    await tab.send("Page.setWebLifecycleState", { state: "active" });
    await untilMoved(page);
    await untilAll(page, "playing");
    expect(await situations(page)).toEqual(["playing"]);
  });

  it("says that there is no such stream", async () => {
    await open.page.goto(new URL("/watch/nobody", await stream()).href);
    await untilAll(open.page, "no-such-stream");
    await expect(open.page.locator(".notice-title").innerText()).resolves.toBe(
      "There is no such stream here",
    );
  });

  it("asks for the token, and keeps it for the next time, out of the address", async () => {
    const { page } = open;
    const url = await stream("--token", "open-sesame-open-sesame");
    await page.goto(url.href);
    await untilAll(page, "token-needed");
    await page.getByPlaceholder("Token").fill("open-sesame-open-sesame");
    await page.getByRole("button", { name: "Watch" }).click();
    await untilAll(page, "playing");
    await page.reload();
    await untilAll(page, "playing");
    await page.goto(`${url.href}?token=open-sesame-open-sesame&clock`);
    await untilAll(page, "playing");
    expect(page.url()).toBe(`${url.href}?clock=`);
  });

  it("leads from the grid to a stream", async () => {
    const { page, complaints } = open;
    await page.goto(new URL("/", await stream()).href);
    await untilAll(page, "playing");
    await page.getByRole("link", { name: /test/ }).click();
    await page.waitForURL(/\/watch\/test$/);
    await untilAll(page, "playing");
    expect(complaints).toEqual([]);
  });

  it.each([["/watch/test"], ["/"]])(
    "can be used by everybody: axe finds no serious fault in %s",
    async (path) => {
      const { page } = open;
      await page.emulateMedia({ reducedMotion: "reduce" }); // what is half faded in has little contrast
      await page.goto(new URL(path, await stream()).href);
      await untilAll(page, "playing");
      await page.keyboard.press("i");
      const faults = await page.evaluate<unknown>(`(async () => {
      ${axe};
      const { violations } = await axe.run();
      return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" "));
    })()`);
      expect(faults).toEqual([]);
      expect(await situations(page)).toEqual(["playing"]);
    },
  );
});
