import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readAddress } from "../../src/web/address.ts";
import { HomePage } from "../../src/web/home-page.ts";
import { Site } from "../../src/web/site.ts";
import { byClass, byLabel, fake } from "./dom.ts";
import { leaveBrowser, onAir, refuse, settle } from "./server.ts";
import { installWatchBrowser, withSound } from "./watch.ts";

let browser: ReturnType<typeof installWatchBrowser>;
beforeEach(() => {
  browser = installWatchBrowser();
  browser.server.live = withSound;
  vi.stubGlobal("location", { href: "http://cam/" });
  vi.stubGlobal("getComputedStyle", () => ({ paddingBottom: "0px", rowGap: "0px" }));
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
});
afterEach(leaveBrowser);

const named = (...names: readonly string[]) => names.map((name) => ({ ...onAir, name }));

async function open() {
  const site = new Site(readAddress(new URL("http://cam/?transport=fetch")), null, null);
  const home = new HomePage(site);
  site.pollStreams((answer) => home.take(answer));
  await settle();
  const shown = () => {
    const pages = fake(home.element).children.filter(({ tag }) => tag === "main");
    return pages.map(({ className }) => `${className} ${browser.document.title}`);
  };
  return { element: home.element, shown };
}

/** What the API says next. */
async function poll() {
  await vi.advanceTimersByTimeAsync(5000);
  await settle();
}

it("is the player of the only stream, and of another one that takes its place", async () => {
  const { element, shown } = await open();
  expect(shown()).toEqual(["watch cam0 · flvcast"]);
  expect(browser.server.count("/live/cam0.flv")).toBe(1);
  const player = fake(element).children.at(-1);
  await poll();
  expect(fake(element).children.at(-1)).toBe(player);
  browser.server.streams = named("cam1");
  await poll();
  expect(shown()).toEqual(["watch cam1 · flvcast"]);
  browser.window.dispatchEvent(new Event("online"));
  await settle();
  expect(browser.server.count("/live/cam0.flv")).toBe(1);
});

it("is all streams where there are several, or none", async () => {
  browser.server.streams = [];
  const { shown } = await open();
  expect(shown()).toEqual(["grid-page flvcast"]);
  browser.server.streams = named("a");
  await poll();
  expect(shown()).toEqual(["watch a · flvcast"]);
  browser.server.streams = named("a", "b");
  await poll();
  expect(shown()).toEqual(["grid-page flvcast"]);
});

it("stays as it is while the server does not answer", async () => {
  const { shown } = await open();
  browser.server.api = () => new Response("<html>");
  await poll();
  expect(shown()).toEqual(["watch cam0 · flvcast"]);
});

it("asks for a token where one is needed, and is the player then", async () => {
  browser.server.api = refuse(401);
  const { element, shown } = await open();
  const form = byClass(element, "token-form");
  expect([shown(), form.isSeen]).toEqual([["grid-page flvcast"], true]);
  browser.server.api = () => Response.json({ nowMs: 5, streams: [onAir] });
  byLabel(form, "Token").value = "secret";
  form.tell("submit");
  await settle();
  expect(shown()).toEqual(["watch cam0 · flvcast"]);
  expect(browser.server.tokens.at(-1)).toBe("Bearer secret");
});

it("says that it connects where the server takes long to answer", async () => {
  const { element } = await open();
  expect(byClass(element, "notice").isSeen).toBe(false);
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  const slow = (await open()).element;
  await vi.advanceTimersByTimeAsync(600);
  expect([byClass(slow, "notice").isSeen, byClass(slow, "notice-title").textContent]).toEqual([
    true,
    "Connecting…",
  ]);
});
