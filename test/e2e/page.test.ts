import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeArgs, living, picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import {
  accessFaults,
  browserPath,
  figures,
  fingerprint,
  type OpenPage,
  openBrowser,
  setVisibility,
  situations,
  untilAll,
  untilLive,
  untilMoved,
} from "./page-browser.ts";
import { type Program, start, stopAll } from "./program.ts";

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
      Video: expect.stringMatching(/^640 × 360/),
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

  it("says that the stream is not found", async () => {
    await open.page.goto(new URL("/watch/nobody", await stream()).href);
    await untilAll(open.page, "no-such-stream");
    await expect(open.page.locator(".notice-title").innerText()).resolves.toBe("Stream not found");
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

  it("is at / where there is no other stream", async () => {
    const { page, complaints } = open;
    await page.goto(new URL("/", await stream()).href);
    await untilAll(page, "playing");
    expect(await page.title()).toBe("test · flvcast");
    expect(await page.locator("main.watch h1").innerText()).toBe("test");
    expect(complaints).toEqual([]);
  });

  it.each([["low-latency"], ["mse"]])(
    "stands still while it is paused, and goes on at the live edge: %s",
    async (player) => {
      const { page, complaints } = open;
      await page.goto(`${(await stream()).href}?player=${player}`);
      await untilAll(page, "playing");
      await page.keyboard.press("i");
      await page.keyboard.press("Space");
      await untilAll(page, "paused");
      await page.waitForTimeout(500); // what was decoded already may still be drawn
      const still = await fingerprint(page);
      await page.waitForTimeout(3000);
      expect(await fingerprint(page)).toBe(still);
      await page.getByRole("button", { name: "Resume" }).first().click();
      await untilAll(page, "playing");
      await untilMoved(page);
      await untilLive(page);
      expect(complaints).toEqual([]);
    },
  );

  it("plays in eight tabs at once, more than HTTP/1.1 has connections", async () => {
    const { page } = open;
    const url = await stream("--fps", "10");
    const tabs = [page, ...(await Promise.all(Array.from({ length: 7 }, () => page.context().newPage())))];
    for (const tab of tabs) await tab.goto(url.href);
    for (const tab of tabs) await untilAll(tab, "playing", 1, 60_000);
    for (const tab of tabs) await untilMoved(tab, 30_000);
    expect((await Promise.all(tabs.map(situations))).flat()).toEqual(tabs.map(() => "playing"));
  });

  it.each([
    ["allow-scripts", /^The player could not start\..*allow-scripts allow-same-origin/s],
    ["", /^The player could not start\..*allow-scripts allow-same-origin/s],
  ])("says what its frame lacks where that has sandbox=%j", async (sandbox, words) => {
    const { page } = open;
    const url = await stream();
    await page.setContent(
      `<iframe sandbox="${sandbox}" src="${url.href}" width="640" height="360"></iframe>`,
    );
    const text = page.frameLocator("iframe").locator("body");
    await text.locator("p").waitFor({ state: "visible" });
    expect((await text.innerText()).trim()).toMatch(words);
  });

  it("plays in a sandbox that lets it", async () => {
    const { page } = open;
    const url = await stream();
    const sandbox = "allow-scripts allow-same-origin";
    await page.setContent(
      `<iframe sandbox="${sandbox}" src="${url.href}" width="640" height="360"></iframe>`,
    );
    const player = page.frameLocator("iframe").locator("main[data-situation=playing]");
    await player.waitFor({ timeout: 15_000 });
    expect(await player.count()).toBe(1);
  });

  it("offers every link", async () => {
    const { page, complaints } = open;
    const url = await stream();
    await page.goto(url.href.replace("127.0.0.1", "localhost"));
    await untilAll(page, "playing");
    await page.keyboard.press("l");
    const panel = page.getByRole("region", { name: "Links" });
    expect(await panel.innerText()).toContain("These links work on this machine only.");
    const shown = await panel.locator("code").allInnerTexts();
    expect(shown.slice(0, 4).map((text) => text.replace(/:\d+/, ""))).toEqual([
      "http://localhost/watch/test",
      "http://localhost/live/test.flv",
      "ws://localhost/live/test.flv",
      "http://localhost/live/test.jpg",
    ]);
    const [playlist] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("button", { name: "Open in VLC (M3U)" }).click(),
    ]);
    expect(playlist.suggestedFilename()).toBe("test.m3u");
    expect(complaints).toEqual([]);
  });

  it.each([
    ["/watch/test", "i"],
    ["/watch/test", "l"],
    ["/watch/test", "?"],
    ["/", "Space"],
  ])("can be used by everybody: axe finds no fault in %s after %s", async (path, key) => {
    const { page } = open;
    await page.emulateMedia({ reducedMotion: "reduce" }); // what is half faded in has little contrast
    await page.goto(new URL(path, await stream()).href);
    await untilAll(page, "playing");
    await page.keyboard.press(key);
    expect(await accessFaults(page)).toEqual([]);
  });
});
