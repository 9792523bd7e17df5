import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byClass, byLabel, type FakeElement, fake } from "./dom.ts";
import { type GridBrowser, installGrid, leaveGrid, named, openGrid, poll } from "./grid.ts";
import { onAir, refuse, settle, stream } from "./server.ts";
import { key, videoConfig } from "./stream.ts";
import { FakeFrame } from "./webcodecs.ts";

let browser: GridBrowser;
beforeEach(() => void (browser = installGrid()));
afterEach(() => leaveGrid(browser));

const nameOf = (tile: FakeElement) => byClass(tile, "tile-name").textContent;
const open = (token: string | null = null) => openGrid(browser, token);

describe("the page of all streams", () => {
  it("has a tile for each, as large as the window allows", async () => {
    browser.server.streams = named("a", "b", "c", "d", "e");
    const { element, list, tiles, count } = await open();
    list.clientWidth = 1280;
    browser.window.dispatchEvent(new Event("resize"));
    expect(tiles()).toEqual(["a", "b", "c", "d", "e"]);
    expect(count()).toBe("5 streams");
    expect(Object.fromEntries(fake(element).style.properties)).toEqual({
      ...{ "--columns": "3", "--tile": "420px", "--aspect": `${16 / 9}`, "--all-tiles": "1280px" },
    });
  });

  it("keeps the tiles of streams that stay, and adds and removes the others", async () => {
    browser.server.streams = named("a", "b");
    const { tiles, tile, count } = await open();
    const b = tile(1);
    expect(browser.inView.observed).toHaveLength(2);
    browser.server.streams = named("b", "c");
    await poll();
    expect(tiles()).toEqual(["b", "c"]);
    expect(tile(0)).toBe(b);
    expect(browser.inView.observed).toEqual([tile(0), tile(1)]);
    browser.server.streams = named("c");
    await poll();
    expect(count()).toBe("1 stream");
  });

  it.each([
    ["a new one first", ["x", "a", "b", "c"]],
    ["a new one between", ["a", "x", "b", "c"]],
    ["the first one last", ["b", "c", "a"]],
    ["turned around", ["c", "b", "a"]],
    ["one renamed", ["a", "x", "c"]],
  ])("has the server's order, with the tiles that there were: %s", async (_, names) => {
    browser.server.streams = named("a", "b", "c");
    const { list, tiles } = await open();
    const before = new Map(list.children.map((tile) => [nameOf(tile), tile]));
    browser.server.streams = named(...names);
    await poll();
    expect(tiles()).toEqual(names);
    const added = list.children.filter((tile) => before.get(nameOf(tile)) !== tile);
    expect(added.map(nameOf)).toEqual(names.filter((name) => name === "x"));
  });

  it("keeps its tiles while the server does not answer", async () => {
    const { tiles, notice } = await open();
    browser.server.api = () => new Response("<html>");
    await poll();
    expect(tiles()).toEqual(["cam0"]);
    expect(notice()).toBeNull();
  });

  it.each([
    ["there is no stream", null, () => Response.json({ nowMs: 5, streams: [] }), "No streams yet"],
    ["the server is gone", null, () => new Response("<html>"), "Offline"],
    ["a token is needed", null, refuse(401), "Token required"],
    ["the token is wrong", "old", refuse(401), "Wrong token"],
    ["the page may not ask", null, refuse(403), "Access denied"],
    ["anything else is refused", null, refuse(500), "Request refused (500)"],
  ] as const)("says so where %s", async (_, token, answer, title) => {
    browser.server.api = answer;
    const { notice } = await open(token);
    await vi.advanceTimersByTimeAsync(600);
    expect(notice()).toBe(title);
  });

  it("says nothing where all is well", async () => {
    const { notice } = await open();
    await vi.advanceTimersByTimeAsync(600);
    expect(notice()).toBeNull();
  });

  it("asks for a token where one is needed, and goes on with it at once", async () => {
    browser.server.api = refuse(401);
    const { element, tiles } = await open();
    const form = byClass(element, "token-form");
    expect(form.isSeen).toBe(true);
    browser.server.api = () => Response.json({ nowMs: 5, streams: [onAir] });
    byLabel(form, "Token").value = "secret";
    form.tell("submit");
    await settle();
    expect(browser.server.tokens.at(-1)).toBe("Bearer secret");
    expect(tiles()).toEqual(["cam0"]);
    expect(form.isSeen).toBe(false);
  });

  it("asks for no token where that would not help", async () => {
    browser.server.api = refuse(403);
    const { element } = await open();
    expect(byClass(element, "token-form").isSeen).toBe(false);
  });
});

describe("a tile", () => {
  it("leads to the stream's own page", async () => {
    browser.server.streams = named("front door");
    const { tile } = await open();
    expect(byClass(tile(), "tile").attributes.get("href")).toBe("http://cam/watch/front%20door");
    expect(byLabel(tile(), "Live video of front door").tag).toBe("canvas");
  });

  it.each([
    ["idle", null, "Idle", "Open it to start the camera."],
    ["idle", "deviceAbsent", "Idle", "It is not connected."],
    ["on-air", null, "On demand", "Open it to watch."],
  ] as const)(
    "of a stream on demand that is %s (%s) does not play, and says so",
    async (state, reason, ...words) => {
      browser.server.streams = [{ ...onAir, isOnDemand: true, state, reason }];
      const { tile, setInView } = await open();
      setInView(true);
      await vi.advanceTimersByTimeAsync(600);
      const shown = ["notice-title", "notice-detail"].map((name) => byClass(tile(), name).textContent);
      expect([shown, browser.server.count("/live/cam0.flv")]).toEqual([words, 0]);
    },
  );

  it("plays while it is in view, with what is in the stream beside its name", async () => {
    browser.server.live = () => stream([videoConfig, key(0)]);
    const { tile, setInView } = await open();
    const facts = byClass(tile(), "tile-facts");
    expect(browser.server.count("/live/cam0.flv")).toBe(0);
    expect([facts.hidden, tile().dataset["situation"]]).toEqual([true, "connecting"]);
    setInView(true);
    setInView(true); // an observer may say so twice
    await settle();
    browser.codecs.video[0]?.give(new FakeFrame(0));
    await vi.advanceTimersByTimeAsync(1000);
    expect(browser.server.count("/live/cam0.flv")).toBe(1);
    expect([facts.hidden, tile().dataset["situation"]]).toEqual([false, "playing"]);
    expect(facts.textContent).toBe("640 × 360 · 2 viewers");
    expect(tile().all.filter(({ className, isSeen }) => className === "picture" && isSeen)).toHaveLength(1);
    setInView(false);
    await vi.advanceTimersByTimeAsync(1000);
    setInView(true); // soon enough: it has never stopped
    setInView(false);
    await vi.advanceTimersByTimeAsync(1900);
    expect(tile().dataset["situation"]).toBe("playing");
    await vi.advanceTimersByTimeAsync(1100);
    expect(tile().dataset["situation"]).toBe("connecting");
    expect(browser.codecs.video[0]?.state).toBe("closed");
    setInView(true);
    await settle();
    expect(browser.server.count("/live/cam0.flv")).toBe(2);
  });

  it("is not received while the page is hidden for long", async () => {
    browser.server.live = () => stream([videoConfig, key(0)]);
    const { tile, setInView } = await open();
    setInView(true);
    await settle();
    browser.document.setVisible(false);
    await vi.advanceTimersByTimeAsync(3000);
    expect(tile().dataset["situation"]).toBe("connecting");
    setInView(true); // hidden, too
    await settle();
    expect(browser.server.count("/live/cam0.flv")).toBe(1);
    browser.document.setVisible(true);
    await settle();
    expect(browser.server.count("/live/cam0.flv")).toBe(2);
  });

  it.each([
    [{ size: null, viewers: 1 }, "1 viewer"],
    [{ size: "1280x720", viewers: 0 }, "1280 × 720 · 0 viewers"],
  ])("tells of %j: %j", async (known, text) => {
    const { tile } = await open();
    browser.server.streams = [{ ...onAir, ...known }];
    await poll();
    expect(byClass(tile(), "tile-facts").textContent).toBe(text);
  });

  it("says what is wrong with its stream", async () => {
    browser.server.live = () => stream([videoConfig, key(0)]);
    browser.server.streams = [{ ...onAir, state: "degraded", reason: "deviceBusy" }];
    const { tile, setInView } = await open();
    setInView(true);
    await settle();
    await vi.advanceTimersByTimeAsync(1000);
    expect(byClass(tile(), "notice-title").textContent).toMatch(/^No signal since .*\d\d:\d\d$/);
    browser.server.streams = [onAir];
    browser.codecs.video[0]?.give(new FakeFrame(0));
    await poll();
    expect(byClass(tile(), "notice-title").isSeen).toBe(false);
  });

  it("that has no stream asks again when the page is shown, the network is back, or a token was typed", async () => {
    const { element, setInView } = await open();
    const asked = async () => {
      await settle();
      return browser.server.count("/live/cam0.flv");
    };
    setInView(true);
    expect(await asked()).toBe(1);
    browser.window.dispatchEvent(new Event("online"));
    expect(await asked()).toBe(2);
    browser.document.setVisible(false);
    expect(await asked()).toBe(2);
    browser.document.setVisible(true);
    expect(await asked()).toBe(3);
    byClass(element, "token-form").tell("submit");
    expect(await asked()).toBe(4);
  });

  it("that is removed asks for nothing any more", async () => {
    const { setInView } = await open();
    setInView(true);
    await settle();
    browser.server.streams = [];
    await poll();
    const before = browser.server.count("/live/cam0.flv");
    browser.window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(browser.server.count("/live/cam0.flv")).toBe(before);
  });
});

it("a page that is left asks for nothing any more", async () => {
  browser.server.live = () => stream([videoConfig, key(0)]);
  const { page, setInView } = await open();
  setInView(true);
  await settle();
  page.close();
  const before = browser.server.count("/live/cam0.flv");
  browser.window.dispatchEvent(new Event("online"));
  browser.document.setVisible(true);
  await vi.advanceTimersByTimeAsync(3000);
  expect(browser.server.count("/live/cam0.flv")).toBe(before);
  expect(browser.inView.observed).toEqual([]);
});
