import { describe, expect, it } from "vitest";
import { keepVolume, readVolume, takeToken } from "../../src/web/storage.ts";

function storage(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void delete kept[key],
  };
}

describe("the token", () => {
  it("of the address is kept, so that the address can do without it", () => {
    const here = storage();
    expect(takeToken("secret", here)).toEqual({ token: "secret", isKept: true });
    expect(takeToken(null, here)).toEqual({ token: "secret", isKept: true });
  });

  it("of the address wins over the one that was kept", () => {
    const here = storage({ "flvcast.token": "old" });
    expect(takeToken("new", here).token).toBe("new");
    expect(takeToken(null, here).token).toBe("new");
  });

  it("stays in the address where the browser keeps nothing", () => {
    const full = { ...storage(), setItem: () => raise() };
    expect(takeToken("secret", null)).toEqual({ token: "secret", isKept: false });
    expect(takeToken("secret", full)).toEqual({ token: "secret", isKept: false });
    expect(takeToken(null, null)).toEqual({ token: null, isKept: true });
  });
});

describe("the volume", () => {
  it.each([
    [undefined, 1],
    ["0.35", 0.35],
    ["0", 1],
    ["7", 1],
    ["loud", 1],
  ])("kept as %j is %d", (kept, volume) => {
    expect(readVolume(storage(kept === undefined ? {} : { "flvcast.volume": kept }))).toBe(volume);
  });

  it("is kept to a hundredth, where the browser keeps anything", () => {
    const here = storage();
    keepVolume(0.1234, here);
    expect(readVolume(here)).toBe(0.12);
    expect(() => keepVolume(0.5, { ...here, setItem: () => raise() })).not.toThrow();
  });
});

function raise(): never {
  throw new Error("the storage is full");
}
