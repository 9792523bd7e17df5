import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keysList, listenToKeys } from "../../src/web/keys.ts";
import { liveKeys } from "../../src/web/live-keys.ts";
import { recordingKeys } from "../../src/web/recordings/recording-keys.ts";
import { type FakeDocument, FakeElement, fake, installDocument } from "./dom.ts";

let page: FakeDocument;
let leaving: AbortController;
class FakeField extends FakeElement {
  type = "text";
}
class FakeButton extends FakeElement {}
class FakeChoice extends FakeElement {}
beforeEach(() => {
  page = installDocument();
  leaving = new AbortController();
  vi.stubGlobal("HTMLButtonElement", FakeButton);
  vi.stubGlobal("HTMLInputElement", FakeField);
  vi.stubGlobal("HTMLSelectElement", FakeChoice);
  vi.stubGlobal("HTMLTextAreaElement", FakeField);
});
afterEach(() => void vi.unstubAllGlobals());

function listen(volume = 0.5) {
  const calls: string[] = [];
  const note = (call: string) => () => void calls.push(call);
  listenToKeys(
    liveKeys,
    {
      ...{ togglePause: note("pause"), toggleSound: note("sound"), toggleClock: note("clock") },
      togglePanel: (kind) => void calls.push(kind),
      closePanel: note("close"),
      ...{ takeSnapshot: note("snapshot"), togglePictureInPicture: note("window") },
      toggleFullScreen: note("full screen"),
      openRecordings: note("recordings"),
      setVolume: (to) => void calls.push(`volume ${to}`),
    },
    () => volume,
    leaving.signal,
  );
  return calls;
}

/** @returns whether the browser does nothing else with the key */
const press = (key: string, details: object = {}) =>
  page.tell("keydown", { key, ...details }).defaultPrevented;

describe("the keys", () => {
  it.each([
    [" ", "pause"],
    ["k", "pause"],
    ["m", "sound"],
    ["I", "stats"],
    ["l", "links"],
    ["?", "keys"],
    ["Escape", "close"],
    ["c", "clock"],
    ["s", "snapshot"],
    ["p", "window"],
    ["F", "full screen"],
    ["r", "recordings"],
    ["ArrowUp", "volume 0.55"],
    ["ArrowDown", "volume 0.45"],
  ])("%s: %s, and the browser does nothing else with it", (key, call) => {
    const calls = listen();
    expect(press(key)).toBe(true);
    expect(calls).toEqual([call]);
  });

  it.each([
    ["ArrowUp", 0.98, "volume 1"],
    ["ArrowDown", 0.02, "volume 0"],
    ["ArrowDown", 0.05000000000000007, "volume 0"],
  ])("%s goes no further than there is: from %d to %s", (key, volume, call) => {
    const calls = listen(volume);
    press(key);
    expect(calls).toEqual([call]);
  });

  it.each([
    ["of the browser, with Ctrl", "f", { ctrlKey: true }],
    ["of the browser, with the command key", "c", { metaKey: true }],
    ["of the browser, with Alt", "m", { altKey: true }],
    ["that do nothing here", "x", {}],
  ])("%s are left to it", (_, key, details) => {
    const calls = listen();
    expect(press(key, details)).toBe(false);
    expect(calls).toEqual([]);
  });

  it("are text in a field", () => {
    const calls = listen();
    const typed = new Event("keydown", { cancelable: true });
    Object.defineProperty(typed, "target", { value: new FakeField("input") });
    page.dispatchEvent(Object.assign(typed, { key: "m" }));
    expect(calls).toEqual([]);
    expect(typed.defaultPrevented).toBe(false);
  });

  it("move the slider that has the focus with the arrows, and do with the others what they do elsewhere", () => {
    const calls = listen();
    const slider = Object.assign(new FakeField("input"), { type: "range" });
    for (const key of ["ArrowUp", " ", "m"]) {
      const typed = new Event("keydown", { cancelable: true });
      Object.defineProperty(typed, "target", { value: slider });
      page.dispatchEvent(Object.assign(typed, { key }));
      expect(typed.defaultPrevented).toBe(key !== "ArrowUp");
    }
    expect(calls).toEqual(["pause", "sound"]);
  });

  it("press a button that has the focus with the space bar, and with no other", () => {
    const calls = listen();
    for (const key of [" ", "k"]) {
      const typed = new Event("keydown", { cancelable: true });
      Object.defineProperty(typed, "target", { value: new FakeButton("button") });
      page.dispatchEvent(Object.assign(typed, { key }));
      expect(typed.defaultPrevented).toBe(key === "k");
    }
    expect(calls).toEqual(["pause"]);
  });

  it("choose from a list that has the focus, up and down; the others do what they do elsewhere", () => {
    const calls = listenToRecordings();
    for (const key of [" ", "ArrowUp", "ArrowDown", "ArrowLeft"]) {
      const typed = new Event("keydown", { cancelable: true });
      Object.defineProperty(typed, "target", { value: new FakeChoice("select") });
      page.dispatchEvent(Object.assign(typed, { key }));
      expect(typed.defaultPrevented).toBe(key === "ArrowLeft");
    }
    expect(calls).toEqual(["by -5000"]);
  });

  it.each([
    ["k", ["pause"]],
    [" ", ["pause"]],
    ["ArrowUp", ["volume 0.55", "volume 0.55"]],
  ])("held down, %j does this: %j", (key, expected) => {
    const calls = listen();
    press(key);
    expect(press(key, { repeat: true })).toBe(true);
    expect(calls).toEqual(expected);
  });

  it("do nothing any more once their page is left", () => {
    const calls = listen();
    leaving.abort();
    expect(press("m")).toBe(false);
    expect(calls).toEqual([]);
  });

  it("are all listed, each with what it does", () => {
    const rows = fake(keysList(liveKeys)).children.map(({ children }) =>
      children.map(({ textContent }) => textContent),
    );
    expect(rows).toContainEqual(["Pause or resume", "SpaceK"]);
    expect(rows).toContainEqual(["Volume", "↑↓"]);
    const caps = rows.map(([, keys]) => keys).join("");
    expect(caps).toBe("SpaceKM↑↓FPSCLIR?Esc");
  });
});

function listenToRecordings() {
  const calls: string[] = [];
  const note =
    (call: string) =>
    (...args: readonly (string | number)[]) =>
      void calls.push([call, ...args].join(" "));
  listenToKeys(
    recordingKeys,
    {
      ...{ togglePause: note("pause"), toggleSound: note("sound"), setVolume: note("volume") },
      ...{ toggleFullScreen: note("full screen"), togglePanel: note("panel"), closePanel: note("close") },
      ...{ seekBy: note("by"), seekToEnd: note("to"), stepFrame: note("frame"), setRate: note("rate") },
      ...{ changeRate: note("faster"), changeDay: note("day"), zoom: note("zoom"), mark: note("mark") },
      ...{ toggleKeep: note("keep"), goLive: note("live") },
    },
    () => 0.5,
    leaving.signal,
  );
  return calls;
}

describe("the keys of recordings", () => {
  it.each([
    ["ArrowLeft", false, "by -5000"],
    ["ArrowRight", false, "by 5000"],
    ["ArrowLeft", true, "by -60000"],
    ["ArrowRight", true, "by 60000"],
    ["Home", false, "to first"],
    ["End", false, "to last"],
    ["PageUp", false, "day -1"],
    ["PageDown", false, "day 1"],
    [",", false, "frame -1"],
    [".", false, "frame 1"],
    ["<", true, "faster -1"],
    [">", true, "faster 1"],
    ["+", true, "zoom 1"],
    ["-", false, "zoom -1"],
    ["i", false, "mark in"],
    ["O", true, "mark out"],
    ["s", false, "keep"],
    ["d", false, "panel download"],
    ["l", false, "live"],
    ["?", true, "panel keys"],
    [" ", false, "pause"],
    ["Escape", false, "close"],
  ])("%s, with Shift %j: %s", (key, shiftKey, call) => {
    const calls = listenToRecordings();
    expect(press(key, { shiftKey })).toBe(true);
    expect(calls).toEqual([call]);
  });
});
