import { afterEach, describe, expect, it } from "vitest";
import { type ManyStreams, startManyChannels } from "../e2e/many-streams.ts";
import { accessFaults, browserPath, type OpenPage, openBrowser, untilAll } from "../e2e/page-browser.ts";

const names = ["gate", "yard", "hall", "dock", "roof", "barn", "shop", "lane", "pond"];
const patience = { timeout: 10_000 };
const more = ["dam", "mill", "path", "shed", "silo", "tower", "well"];

describe.skipIf(browserPath === null)("a grid of nine players", () => {
  let served: ManyStreams;
  let open: OpenPage;

  afterEach(async () => {
    await open.close();
    await served.stop();
  });

  it.each([
    ["WebSocket, beyond the six connections of HTTP/1.1", false],
    ["WebSocket and TLS", true],
  ])("plays over %s, and complains of nothing", async (_, isTls) => {
    served = await startManyChannels(names, { isTls, framerate: 5 });
    open = await openBrowser({ ignoreHTTPSErrors: true });
    await open.page.goto(served.url.href);
    await untilAll(open.page, "playing", names.length, 30_000);
    await open.page.waitForTimeout(1500);
    await untilAll(open.page, "playing", names.length);
    const transports = served.hubs.flatMap(({ viewers }) => viewers.map(({ sink }) => sink.transport.name));
    expect(transports).toEqual(names.map(() => "websocket"));
    expect(open.complaints).toEqual([]);
  });
});

describe.skipIf(browserPath === null)("a grid of sixteen players", () => {
  let served: ManyStreams;
  let open: OpenPage;

  afterEach(async () => {
    await open.close();
    await served.stop();
  });

  /** On the screen of a phone, which has room for few; at the rate of a still life. */
  async function show(query: string): Promise<void> {
    served = await startManyChannels([...names, ...more], { framerate: 4 });
    open = await openBrowser({ viewport: { width: 390, height: 844 } });
    await open.page.goto(`${served.url.href}${query}`);
  }
  const tile = (name: string) => open.page.locator(`li:has(a[href$="/watch/${name}"])`);
  const untilPlays = async (name: string) =>
    tile(name).and(open.page.locator("[data-situation=playing]")).waitFor();
  const watched = () => served.hubs.filter(({ viewers }) => viewers.length > 0).map(({ name }) => name);

  it("receives those in view alone, and those that are scrolled to at once", async () => {
    await show("");
    await untilPlays("gate");
    expect(watched()).not.toContain("well");
    await tile("well").scrollIntoViewIfNeeded();
    const scrolledMs = performance.now();
    await untilPlays("well");
    console.log(`plays ${Math.round(performance.now() - scrolledMs)} ms after it was scrolled to`);
    await expect.poll(watched, patience).not.toContain("gate");
    expect(watched().length).toBeLessThan(8);
    expect(open.complaints).toEqual([]);
  });

  it.each([["low-latency"], ["mse"]])("plays on in another order: %s", async (player) => {
    await show(`?player=${player}&filter=gate,yard,hall`);
    for (const name of ["gate", "yard", "hall"]) await untilPlays(name);
    const connections = () => served.hubs.flatMap(({ viewers }) => [...viewers]);
    const before = connections();
    const order = () => open.page.locator(".grid li:not([hidden]) .tile-name").allInnerTexts();
    await tile("gate").getByRole("link").focus();
    await open.page.evaluate(`for (const video of document.querySelectorAll("video"))
      for (const event of ["pause", "emptied"])
        video.addEventListener(event, () => console.error("a video: " + event))`);
    served.statuses = served.statuses.toReversed();
    await expect.poll(order, patience).toEqual(["hall", "yard", "gate"]);
    await open.page.waitForTimeout(500);
    expect(new Set([...before, ...connections()]).size).toBe(3);
    expect(open.complaints).toEqual([]);
    expect(await open.page.locator("li:focus-within .tile-name").innerText()).toBe("gate");
  });

  it("is filtered, also after a reload and on the way back from a stream's page", async () => {
    await show("");
    const { page } = open;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await untilPlays("gate");
    await page.keyboard.press("/");
    await page.keyboard.type("ar");
    await page.getByText("2 of 16 streams").waitFor();
    await expect.poll(watched, patience).toEqual(["yard", "barn"]);
    expect(await accessFaults(page)).toEqual([]);
    await page.reload();
    await untilPlays("barn");
    await tile("barn").click();
    await page.waitForURL(/\/watch\/barn$/);
    await page.goBack();
    await untilPlays("barn");
    expect(page.url()).toBe(`${served.url.href}?filter=ar`);
    await page.keyboard.press("/");
    await page.keyboard.type("cellar");
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Clear filter" }).click();
    expect(page.url()).toBe(served.url.href);
    await tile("gate").click();
    await page.waitForURL(/\/watch\/gate$/);
    await page.getByRole("link", { name: "All streams" }).click();
    await untilPlays("gate");
    expect(page.url()).toBe(served.url.href);
  });
});
