import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Mp4Options } from "../../src/recordings/mp4.ts";
import { Mp4Cache, type Mp4CacheOptions, NotMadeYet } from "../../src/recordings/mp4-cache.ts";

let folder: string;
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), "flvcast-mp4s-")), "cache", "mp4")));
afterEach(() => rmSync(join(folder, "..", ".."), { recursive: true }));

const here = new AbortController().signal;

/** What stands in for ffmpeg: makes each file when it is told to. */
class Maker {
  readonly begun: string[] = [];
  readonly #letGo = new Map<string, (error?: Error) => void>();

  make = async (flv: unknown, { file, signal }: Mp4Options): Promise<void> => {
    const key = String(flv);
    this.begun.push(key);
    await new Promise<void>((resolve, reject) => {
      this.#letGo.set(key, (error) => (error === undefined ? resolve() : reject(error)));
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    await writeFile(file, `${key} as MP4`);
  };

  async finish(key: string, error?: Error): Promise<void> {
    await vi.waitUntil(() => this.#letGo.has(key), { timeout: 20_000 });
    this.#letGo.get(key)?.(error);
    this.#letGo.delete(key);
  }
}

let maker: Maker;
beforeEach(() => (maker = new Maker()));

function cacheOf(options: Partial<Mp4CacheOptions> = {}): Mp4Cache {
  return new Mp4Cache({ folder, ffmpegPath: async () => "ffmpeg", make: maker.make as never, ...options });
}

/** Its bytes are as good as its name: the maker writes them. */
const source = (key: string) => ({ key, flv: () => key as never });

async function textOf(opening: ReturnType<Mp4Cache["open"]>): Promise<string> {
  const file = await opening;
  const text = Buffer.from(await file.read(0, 100)).toString();
  expect(file.sizeBytes).toBe(text.length);
  await file.close();
  return text;
}

describe("a file", () => {
  it("is made when it is first asked for, and is there from then on, also for another process", async () => {
    const cache = cacheOf();
    expect(await cache.find(source("a"))).toBeNull();
    const opening = cache.open(source("a"), here);
    await maker.finish("a");
    expect(await textOf(opening)).toBe("a as MP4");
    expect(await textOf(cache.open(source("a"), here))).toBe("a as MP4");
    expect(await textOf(cacheOf().open(source("a"), here))).toBe("a as MP4");
    expect(maker.begun).toEqual(["a"]);
  });

  it("is read in part", async () => {
    const cache = cacheOf();
    const opening = cache.open(source("a"), here);
    await maker.finish("a");
    const file = await opening;
    expect(Buffer.from(await file.read(5, 3)).toString()).toBe("MP4");
    expect(await file.read(100, 3)).toHaveLength(0);
    await file.close();
  });

  it("that several ask for is made once", async () => {
    const cache = cacheOf();
    const openings = ["a", "a", "a"].map((key) => textOf(cache.open(source(key), here)));
    await maker.finish("a");
    expect(await Promise.all(openings)).toEqual(["a as MP4", "a as MP4", "a as MP4"]);
    expect(maker.begun).toEqual(["a"]);
  });

  it("waits until the one before it is made", async () => {
    const cache = cacheOf();
    const [first, second] = ["a", "b"].map((key) => textOf(cache.open(source(key), here)));
    await expect.poll(() => maker.begun).toEqual(["a"]);
    await maker.finish("a");
    await first;
    await maker.finish("b");
    expect([await second, maker.begun]).toEqual(["b as MP4", ["a", "b"]]);
  });

  it("that cannot be made says why, and is tried again", async () => {
    const cache = cacheOf();
    const opening = cache.open(source("a"), here);
    await maker.finish("a", new UserError("failure", "cannot"));
    await expect(opening).rejects.toThrow("cannot");
    const again = textOf(cache.open(source("a"), here));
    await maker.finish("a");
    expect(await again).toBe("a as MP4");
  });
});

describe("who waits", () => {
  it("does so for a while; then the file is made all the same", async () => {
    const cache = cacheOf({ waitMs: 1 });
    await expect(cache.open(source("a"), here)).rejects.toThrow(NotMadeYet);
    await maker.finish("a");
    await expect.poll(async () => textOf(cache.open(source("a"), here)).catch(() => null)).toBe("a as MP4");
    expect(maker.begun).toEqual(["a"]);
  });

  it("and leaves gives the file up, and the next one is made", async () => {
    const cache = cacheOf();
    const left = new AbortController();
    const opening = cache.open(source("a"), left.signal);
    await expect.poll(() => maker.begun).toEqual(["a"]);
    left.abort();
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    const next = textOf(cache.open(source("b"), here));
    await maker.finish("b");
    expect(await next).toBe("b as MP4");
  });

  it("and leaves takes nothing from those who stay", async () => {
    const cache = cacheOf();
    const left = new AbortController();
    const leaving = cache.open(source("a"), left.signal);
    const staying = textOf(cache.open(source("a"), here));
    await expect.poll(() => maker.begun).toEqual(["a"]);
    left.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    await maker.finish("a");
    expect(await staying).toBe("a as MP4");
  });

  it("and has left before its file was begun is forgotten", async () => {
    const cache = cacheOf();
    const left = new AbortController();
    const first = textOf(cache.open(source("a"), here));
    await expect.poll(() => maker.begun).toEqual(["a"]); // whoever looks first in the folder would be first
    const opening = cache.open(source("b"), left.signal);
    await cache.find(source("b"));
    left.abort();
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    const third = textOf(cache.open(source("c"), here));
    await maker.finish("a");
    await maker.finish("c");
    expect([await first, await third, maker.begun]).toEqual(["a as MP4", "c as MP4", ["a", "c"]]);
    await expect(cache.open(source("d"), left.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("behind too many others is told so at once", async () => {
    const cache = cacheOf();
    const asked = (key: string) => cache.open(source(key), here).then(() => "made", String);
    const first = asked("0");
    await expect.poll(() => maker.begun).toEqual(["0"]);
    const others = Array.from({ length: 8 }, (_, at) => asked(`${at + 1}`));
    expect(await Promise.race(others)).toBe("NotMadeYet: others are made before it");
    await cache.close();
    const ends = await Promise.all([first, ...others]);
    expect(ends.filter((end) => end.startsWith("AbortError")).length).toBe(8);
    expect(maker.begun).toEqual(["0"]);
  });
});

describe("the folder", () => {
  it("has room for so many bytes, and the oldest go", async () => {
    const cache = cacheOf({ maxBytes: 2 * "a as MP4".length });
    expect(cache.maxSourceBytes).toBe("a as MP4".length);
    const seen = new Set<string>();
    for (const [at, key] of ["a", "b", "c"].entries()) {
      const opening = cache.open(source(key), here);
      await maker.finish(key);
      await (await opening).close();
      for (const name of readdirSync(folder).filter((one) => !seen.has(one))) {
        seen.add(name);
        utimesSync(join(folder, name), at, at); // no clock is too coarse to tell them apart
      }
    }
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await cache.find(source("a"))).toBeNull();
    expect(await textOf(cache.open(source("c"), here))).toBe("c as MP4");
  });

  it("is rid of what killed processes have begun, and of nothing that is in work or another's", async () => {
    mkdirSync(folder, { recursive: true });
    const names = ["old.mp4.0123abcd.part", "new.mp4.0123abcd.part", "other.txt"];
    for (const name of names) writeFileSync(join(folder, name), "x".repeat(100));
    utimesSync(join(folder, names[0] ?? ""), 0, 0);
    utimesSync(join(folder, names[2] ?? ""), 0, 0);
    const cache = cacheOf({ maxBytes: 50 });
    const opening = cache.open(source("a"), here);
    await maker.finish("a");
    await (await opening.catch(() => null))?.close();
    expect(names.map((name) => existsSync(join(folder, name)))).toEqual([false, true, true]);
  });

  it("that cannot be made is an error of the system", async () => {
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "a file");
    await expect(cacheOf().open(source("a"), here)).rejects.toMatchObject({ code: "EEXIST" });
  });
});
