import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenToKeys, watchIdle } from "../../src/web/user-input.ts";
import { type FakeDocument, FakeElement, fake, installDocument } from "./dom.ts";

let page: FakeDocument;
class FakeField extends FakeElement {}
beforeEach(() => {
  page = installDocument();
  vi.stubGlobal("HTMLInputElement", FakeField);
  vi.stubGlobal("HTMLTextAreaElement", FakeField);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function listen(volume = 0.5) {
  const calls: string[] = [];
  const note = (call: string) => () => void calls.push(call);
  listenToKeys(
    {
      ...{ toggleSound: note("sound"), toggleStats: note("stats"), toggleClock: note("clock") },
      ...{ takeSnapshot: note("snapshot"), togglePictureInPicture: note("window") },
      toggleFullScreen: note("full screen"),
      setVolume: (to) => void calls.push(`volume ${to}`),
    },
    () => volume,
  );
  return calls;
}

/** @returns whether the browser does nothing else with the key */
const press = (key: string, details: object = {}) =>
  page.tell("keydown", { key, ...details }).defaultPrevented;

describe("the keys", () => {
  it.each([
    ["m", "sound"],
    ["I", "stats"],
    ["c", "clock"],
    ["s", "snapshot"],
    ["p", "window"],
    ["F", "full screen"],
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
});

function watch() {
  vi.useFakeTimers();
  const element = page.createElement("main");
  const busy = { is: false };
  watchIdle(element as unknown as HTMLElement, () => busy.is);
  return { isIdle: () => "idle" in fake(element as unknown as HTMLElement).dataset, busy };
}

describe("a page that nobody touches", () => {
  it("is marked after a while, until something moves", () => {
    const { isIdle } = watch();
    vi.advanceTimersByTime(3499);
    expect(isIdle()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isIdle()).toBe(true);
    for (const event of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      page.tell(event);
      expect(isIdle()).toBe(false);
      vi.advanceTimersByTime(3000);
      page.tell(event);
      vi.advanceTimersByTime(3499);
      expect(isIdle()).toBe(false);
      vi.advanceTimersByTime(1);
      expect(isIdle()).toBe(true);
    }
  });

  it("is not marked while something on it is in use", () => {
    const { isIdle, busy } = watch();
    busy.is = true;
    vi.advanceTimersByTime(10_000);
    expect(isIdle()).toBe(false);
    busy.is = false;
    vi.advanceTimersByTime(3500);
    expect(isIdle()).toBe(true);
  });
});
