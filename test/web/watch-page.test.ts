import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamInfo } from "../../src/server/api/schemas.ts";
import { byClass, byLabel, fake, isCalled } from "./dom.ts";
import { leaveBrowser, onAir, refuse, settle, stream } from "./server.ts";
import { key, videoConfig } from "./stream.ts";
import { installWatchBrowser, openWatchPage, showPicture, withSound } from "./watch.ts";

let browser: ReturnType<typeof installWatchBrowser>;
beforeEach(() => {
  browser = installWatchBrowser();
});
afterEach(leaveBrowser);

const open = (query?: string, live?: () => Response) => openWatchPage(browser, query, live);
const show = () => showPicture(browser);
const strike = (name: string) => void browser.document.tell("keydown", { key: name });
const volume = () => browser.speaker.contexts.at(-1)?.volume.value;
const asked = () => browser.server.count("/live/cam0.flv");
const openPanels = (element: Element) =>
  fake(element).all.flatMap(({ className, isSeen, attributes }) =>
    className === "panel" && isSeen ? [attributes.get("aria-label")] : [],
  );
const isOpen = (element: Element, panel: string) => openPanels(element).includes(panel);

describe("the page of a stream", () => {
  it("connects, and plays", async () => {
    const { element, situation } = await open();
    expect(situation()).toBe("connecting");
    expect(byLabel(element, "Live video of cam0").tag).toBe("canvas");
    expect(byClass(element, "watch-title").children[1]?.textContent).toBe("cam0");
    await show();
    expect(situation()).toBe("playing");
    expect(fake(element).all.filter((one) => one.className === "picture" && one.isSeen)).toHaveLength(1);
  });

  it("connects once, as soon as it is open", async () => {
    await open();
    expect(asked()).toBe(1);
  });

  it("says so where the browser plays nothing", async () => {
    vi.stubGlobal("isSecureContext", false);
    vi.stubGlobal("navigator", { userAgent: "Lynx/2.9" });
    const { element, seen } = await open();
    expect(byClass(element, "notice-title").textContent).toBe("This browser cannot play FLV");
    expect(seen("notice")).toBe(true);
    expect(asked()).toBe(0);
  });

  it.each([
    ["leads to the recordings", { recording: { state: "recording" } }, true],
    ["leads to none where the stream is not recorded", { recording: null }, false],
    ["leads to none where the server knows of none", {}, false],
    ["leads to none where the server says something else", [], false],
  ])("%s", async (_, detail, isSeen) => {
    browser.server.detail = () => Response.json(detail);
    const { element } = await open();
    const link = byClass(element, "recordings-link");
    expect(link.isSeen).toBe(isSeen);
    expect(link.attributes.get("href")).toBe("http://cam/watch/cam0/recordings");
    let clicks = 0;
    link.addEventListener("click", () => clicks++);
    strike("r");
    expect(clicks).toBe(isSeen ? 1 : 0);
  });

  it("asks again after a while whether the stream is recorded, until it is", async () => {
    browser.server.detail = refuse(503);
    const { element } = await open();
    const count = () => browser.server.count("/api/v1/streams/cam0");
    await vi.advanceTimersByTimeAsync(290_000);
    expect(count()).toBe(1);
    browser.server.detail = () => Response.json({ recording: {} });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(byClass(element, "recordings-link").isSeen).toBe(true);
    await vi.advanceTimersByTimeAsync(900_000);
    expect(count()).toBe(2);
  });

  it.each([
    ["leads to all streams", "this page", ["cam0", "cam1"], true],
    ["leads nowhere where there is no other", "this page", ["cam0"], false],
    ["in a frame of another page leads nowhere", "another page", ["cam0", "cam1"], false],
  ])("%s", async (_, top, names, isSeen) => {
    vi.stubGlobal("top", top);
    browser.server.streams = names.map((name) => ({ ...onAir, name }));
    const { element } = await open();
    const all = byLabel(element, "All streams");
    expect(all.isSeen).toBe(isSeen);
    expect(all.attributes.get("href")).toBe("http://cam/");
  });

  it("asks for a token where one is needed, and connects with it", async () => {
    const { element, seen, situation, kept } = await open("", refuse(401));
    expect([situation(), seen("token-form")]).toEqual(["token-needed", true]);
    browser.server.live = withSound;
    byLabel(byClass(element, "token-form"), "Token").value = "secret";
    byClass(element, "token-form").tell("submit");
    await settle();
    expect(browser.server.tokens.at(-1)).toBe("Bearer secret");
    expect(kept).toEqual({ "flvcast.token": "secret" });
    await show();
    expect([situation(), seen("token-form")]).toEqual(["playing", false]);
  });

  it("asks for the stream again when the network or the page is back", async () => {
    await open("", refuse(404));
    expect(asked()).toBe(1);
    browser.window.dispatchEvent(new Event("online"));
    await settle();
    expect(asked()).toBe(2);
    browser.document.setVisible(false);
    await settle();
    expect(asked()).toBe(2);
    browser.document.setVisible(true);
    await settle();
    expect(asked()).toBe(3);
  });

  it("goes by what the API says of this stream, and of no other", async () => {
    const waiting: StreamInfo = { ...onAir, state: "waiting", reason: "deviceBusy" };
    browser.server.streams = [{ ...onAir, name: "other" }, waiting];
    const { element, situation } = await open("", refuse(503));
    expect(situation()).toBe("waiting");
    const within = { timeout: 20_000 }; // of the fake clock
    const detail = byClass(element, "notice-detail");
    expect(detail.textContent).toBe("");
    await vi.waitFor(() => expect(detail.textContent).toBe("Another program is using it."), within);
    browser.server.api = refuse(500);
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(situation()).toBe("starting"), within);
  });

  it("shows the clock where its address asks for it, and only there", async () => {
    expect((await open()).seen("clock")).toBe(false);
    const { seen } = await open("&clock");
    expect(seen("clock")).toBe(true);
    strike("c");
    expect(seen("clock")).toBe(false);
  });
});

describe("its sound", () => {
  it("is off at first, and is not offered where there is none", async () => {
    const { seen } = await open("", () => stream([videoConfig, key(0)]));
    await show();
    expect(seen("muted")).toBe(false);
    expect(browser.speaker.contexts).toEqual([]);
  });

  it("is offered as soon as there is a picture, and goes on with a press", async () => {
    const { press, seen } = await open();
    await vi.advanceTimersByTimeAsync(600);
    expect(seen("muted")).toBe(false); // the words are there
    await show();
    expect(seen("muted")).toBe(true);
    press("Unmute");
    expect(volume()).toBe(1);
    expect(seen("muted")).toBe(false);
    press("Mute");
    expect(browser.speaker.contexts.at(-1)?.state).toBe("closed");
    expect(seen("muted")).toBe(true);
  });

  it("is offered beside words at the edge", async () => {
    browser.server.streams = [{ ...onAir, state: "degraded" }];
    const { seen, situation } = await open();
    await show();
    expect([situation(), seen("muted")]).toEqual(["frozen", true]);
  });

  it("is on where the address asks for it, and off again where the browser refuses", async () => {
    const { seen } = await open("&sound");
    await show();
    expect(volume()).toBe(1);
    expect(seen("muted")).toBe(false);
    const context = browser.speaker.contexts.at(-1);
    if (context !== undefined) context.state = "suspended";
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen("muted")).toBe(true);
  });

  it("is as loud as it was set, and as the last time", async () => {
    const { element, kept } = await open();
    const slider = byLabel(element, "Volume");
    slider.valueAsNumber = 0.4;
    slider.tell("input");
    expect([volume(), kept["flvcast.volume"]]).toEqual([0.4, "0.40"]);
    strike("ArrowUp");
    expect(volume()).toBeCloseTo(0.45);
    slider.valueAsNumber = 0; // muted, and remembered as it was
    slider.tell("input");
    expect(browser.speaker.contexts.at(-1)?.state).toBe("closed");
    expect(kept["flvcast.volume"]).toBe("0.45");
    strike("m");
    expect(volume()).toBeCloseTo(0.45);
  });
});

describe("its stats", () => {
  it("are filled while they are shown", async () => {
    const { element, press } = await open();
    await show();
    expect(isOpen(element, "Stats")).toBe(false);
    expect(byClass(element, "figures").children).toEqual([]);
    press("Stats");
    const rows = () => byClass(element, "figures").children.map((row) => row.textContent);
    expect(isOpen(element, "Stats")).toBe(true);
    expect(rows()).toContain("Viewers2");
    expect(rows()).toContain("PlayerWebCodecs over HTTP");
    const { length } = rows();
    browser.server.streams = [{ ...onAir, viewers: 3 }];
    await vi.advanceTimersByTimeAsync(5000);
    expect(rows()).toContain("Viewers3");
    expect(rows()).toHaveLength(length);
    strike("i");
    expect(isOpen(element, "Stats")).toBe(false);
  });

  it("keep the page awake while they are shown", async () => {
    const { element, press } = await open();
    press("Stats");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(element.dataset).not.toHaveProperty("idle");
    press("Stats");
    await vi.advanceTimersByTimeAsync(4000);
    expect(element.dataset).toHaveProperty("idle");
  });

  it("count the pictures of each second", async () => {
    const { element, press } = await open();
    press("Stats");
    for (let second = 0; second < 4; second++) {
      await show();
      await vi.advanceTimersByTimeAsync(980);
    }
    expect(byClass(element, "figures").textContent).toContain("Frame rate1 fps");
  });
});

describe("its panels", () => {
  it("are shown one at a time, and closed by key or button", async () => {
    const { element } = await open();
    const shown = () => openPanels(element);
    const expectShown = (pressed: string, names: readonly string[]) => {
      strike(pressed);
      expect(shown()).toEqual(names);
    };
    expect(shown()).toEqual([]);
    expectShown("l", ["Links"]);
    expectShown("i", ["Stats"]);
    expectShown("?", ["Keyboard shortcuts"]);
    expectShown("?", []);
    expectShown("l", ["Links"]);
    expectShown("Escape", []);
    strike("i");
    fake(element)
      .all.find((one) => isCalled(one, "Close") && one.isSeen)
      ?.click();
    expect(shown()).toEqual([]);
  });
});

const closed = () => browser.codecs.video.at(-1)?.state === "closed";

describe("a pause", () => {
  it("keeps the last frame, receives nothing, and ends with another connection", async () => {
    const { element, press, seen, situation } = await open();
    await show();
    strike(" ");
    expect([situation(), seen("play"), closed()]).toEqual(["paused", true, true]);
    expect(fake(element).all.filter((one) => one.className === "picture" && one.isSeen)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    browser.document.setVisible(false);
    browser.document.setVisible(true);
    await settle();
    expect([asked(), situation(), seen("notice")]).toEqual([1, "paused", false]);
    press("Resume");
    await settle();
    expect([asked(), situation(), seen("play")]).toEqual([2, "playing", false]);
    expect(closed()).toBe(false);
  });

  it("is silent, and what is set meanwhile is heard after it", async () => {
    const { press } = await open("&sound");
    await show();
    expect(volume()).toBe(1);
    press("Pause");
    expect(browser.speaker.contexts.at(-1)?.state).toBe("closed");
    strike("ArrowDown");
    expect(browser.speaker.contexts.at(-1)?.state).toBe("closed");
    press("Resume");
    await settle();
    expect(volume()).toBeCloseTo(0.95);
  });
});

describe("a page that is left", () => {
  it("asks for nothing, and heeds no key", async () => {
    const { page, element } = await open();
    await show();
    page.close();
    strike("l");
    browser.window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked(), isOpen(element, "Links")]).toEqual([1, false]);
    expect(browser.codecs.video.at(-1)?.state).toBe("closed");
  });
});

describe("its windows", () => {
  it("fill the screen, and leave it, with a key, a button or two clicks", async () => {
    const { element, press } = await open();
    const { document } = browser;
    strike("f");
    expect(document.fullscreenElement).not.toBeNull();
    press("Exit full screen");
    expect(document.fullscreenElement).toBeNull();
    byClass(element, "surface").tell("dblclick");
    expect(document.fullscreenElement).not.toBeNull();
    byLabel(element, "Exit full screen");
  });

  it("leave the page as it is where the browser lets it fill no screen", async () => {
    await open();
    const { document } = browser;
    document.documentElement.requestFullscreen = async () => {
      throw new TypeError("fullscreen error");
    };
    strike("f"); // pressed too long ago: an error that nobody takes would fail the test
    await settle();
    document.fullscreenEnabled = false;
    Reflect.deleteProperty(document.documentElement, "requestFullscreen");
    strike("f");
    expect(document.fullscreenElement).toBeNull();
  });

  it("go on playing in a small one while the page is hidden", async () => {
    const { element } = await open();
    await show();
    const { document, codecs } = browser;
    const video = fake(element).all.find(({ tag }) => tag === "video") ?? null;
    document.pictureInPictureElement = video;
    document.setVisible(false);
    expect(codecs.video.at(-1)?.state).toBe("configured");
    document.pictureInPictureElement = null;
    video?.tell("leavepictureinpicture");
    expect(codecs.video.at(-1)?.state).toBe("closed");
  });
});
