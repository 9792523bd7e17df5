import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamInfo } from "../../src/server/api/schemas.ts";
import { byClass, byLabel, fake } from "./dom.ts";
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

describe("the page of a stream", () => {
  it("connects, and plays", async () => {
    const { element, situation } = await open();
    expect(situation()).toBe("connecting");
    expect(byLabel(element, "Live picture of cam0").tag).toBe("canvas");
    expect(byClass(element, "watch-head").textContent).toBe("cam0");
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
    ["leads to all streams", "this page", true],
    ["in a frame of another page leads nowhere", "another page", false],
  ])("%s", async (_, top, isSeen) => {
    vi.stubGlobal("top", top);
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
    await vi.waitFor(() => expect(detail.textContent).toBe("Another program uses the device."), within);
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
    expect(seen("unmute")).toBe(false);
    expect(browser.speaker.contexts).toEqual([]);
  });

  it("is offered as soon as there is a picture, and goes on with a press", async () => {
    const { press, seen } = await open();
    await vi.advanceTimersByTimeAsync(600);
    expect(seen("unmute")).toBe(false); // the words are there
    await show();
    expect(seen("unmute")).toBe(true);
    press("Unmute");
    expect(volume()).toBe(1);
    expect(seen("unmute")).toBe(false);
    press("Mute");
    expect(browser.speaker.contexts.at(-1)?.state).toBe("closed");
    expect(seen("unmute")).toBe(true);
  });

  it("is offered beside words at the edge", async () => {
    browser.server.streams = [{ ...onAir, state: "degraded" }];
    const { seen, situation } = await open();
    await show();
    expect([situation(), seen("unmute")]).toEqual(["frozen", true]);
  });

  it("is on where the address asks for it, and off again where the browser refuses", async () => {
    const { seen } = await open("&sound");
    await show();
    expect(volume()).toBe(1);
    expect(seen("unmute")).toBe(false);
    const context = browser.speaker.contexts.at(-1);
    if (context !== undefined) context.state = "suspended";
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen("unmute")).toBe(true);
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

describe("its read-outs", () => {
  it("are filled while they are shown", async () => {
    const { element, press, seen } = await open();
    await show();
    expect(seen("panel")).toBe(false);
    expect(byClass(element, "figures").children).toEqual([]);
    press("Read-outs");
    const rows = () => byClass(element, "figures").children.map((row) => row.textContent);
    expect(seen("panel")).toBe(true);
    expect(rows()).toContain("Viewers2");
    expect(rows()).toContain("PlayerWebCodecs over HTTP");
    const { length } = rows();
    browser.server.streams = [{ ...onAir, viewers: 3 }];
    await vi.advanceTimersByTimeAsync(5000);
    expect(rows()).toContain("Viewers3");
    expect(rows()).toHaveLength(length);
    strike("i");
    expect(seen("panel")).toBe(false);
  });

  it("keep the page awake while they are shown", async () => {
    const { element, press } = await open();
    press("Read-outs");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(element.dataset).not.toHaveProperty("idle");
    press("Read-outs");
    await vi.advanceTimersByTimeAsync(4000);
    expect(element.dataset).toHaveProperty("idle");
  });

  it("count the pictures of each second", async () => {
    const { element, press } = await open();
    press("Read-outs");
    for (let second = 0; second < 4; second++) {
      await show();
      await vi.advanceTimersByTimeAsync(980);
    }
    expect(byClass(element, "figures").textContent).toContain("Pictures shown1/s");
  });
});

describe("its windows", () => {
  it("fill the screen, and leave it, with a key, a button or two clicks", async () => {
    const { element, press } = await open();
    const { document } = browser;
    strike("f");
    expect(document.fullscreenElement).not.toBeNull();
    press("Leave full screen");
    expect(document.fullscreenElement).toBeNull();
    byClass(element, "surface").tell("dblclick");
    expect(document.fullscreenElement).not.toBeNull();
    byLabel(element, "Leave full screen");
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
    document.setVisible(false);
    expect(codecs.video.at(-1)?.state).toBe("closed");
  });
});
