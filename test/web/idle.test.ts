import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchIdle } from "../../src/web/idle.ts";
import { type FakeDocument, fake, installDocument } from "./dom.ts";

let page: FakeDocument;
beforeEach(() => {
  page = installDocument();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function watch() {
  vi.useFakeTimers();
  const element = page.createElement("main");
  const busy = { is: false };
  const leaving = new AbortController();
  watchIdle(element as unknown as HTMLElement, () => busy.is, leaving.signal);
  return {
    isIdle: () => "idle" in fake(element as unknown as HTMLElement).dataset,
    busy,
    leave: () => leaving.abort(),
  };
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

  it("is not marked any more once it was left", () => {
    const { isIdle, leave } = watch();
    leave();
    vi.advanceTimersByTime(10_000);
    page.tell("keydown");
    vi.advanceTimersByTime(10_000);
    expect(isIdle()).toBe(false);
  });
});
