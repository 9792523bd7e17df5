import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheKeyOf, EncoderCache } from "../../src/encoders/cache.ts";
import type { Candidate } from "../../src/encoders/candidates.ts";
import type { ProbeResult } from "../../src/encoders/verdict.ts";
import { encoders } from "../../src/ffmpeg/encoder-table.ts";
import { fakeMachine } from "./fake-machine.ts";

let folder: string;
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), "flvcast-memory-")), "cache")));
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const works: ProbeResult = {
  encoder: "h264_vaapi",
  node: "/dev/dri/renderD128",
  verdict: { works: true, profile: "main", codec: "avc1.4d401f", forcesKeyFrames: true },
  durationMs: 80,
  atMs: Date.now(),
};
const fails: ProbeResult = {
  ...works,
  node: null,
  verdict: { works: false, reason: "no driver", fix: "install it", isAbsent: false },
};
const file = () => join(folder, "encoders.json");

describe("what was found out", () => {
  it("is remembered from run to run, in a folder that is made for it", async () => {
    await new EncoderCache(folder).remember(new Map([["a", works]]));
    await new EncoderCache(folder).remember(new Map([["b", fails]]));
    expect([...(await new EncoderCache(folder).recall(Date.now()))]).toEqual([
      ["a", works],
      ["b", fails],
    ]);
    expect(readdirSync(folder)).toEqual(["encoders.json"]);
  });

  it("holds for a day, and not for the time before it was found", async () => {
    await new EncoderCache(folder).remember(new Map([["a", works]]));
    expect((await new EncoderCache(folder).recall(works.atMs + 23 * HOUR_MS)).size).toBe(1);
    expect((await new EncoderCache(folder).recall(works.atMs + 24 * HOUR_MS)).size).toBe(0);
    expect((await new EncoderCache(folder).recall(works.atMs - 1)).size).toBe(0);
  });

  it("holds for ten minutes where an encoder seemed to hang: the machine may have been busy", async () => {
    await new EncoderCache(folder).remember(new Map([["a", { ...fails, durationMs: 10_000 }]]));
    expect((await new EncoderCache(folder).recall(fails.atMs + 9 * 60_000)).size).toBe(1);
    expect((await new EncoderCache(folder).recall(fails.atMs + 10 * 60_000)).size).toBe(0);
  });

  it.each([
    [4999, 1],
    [5000, 0],
  ])("where refusing took %i ms, holds for ten minutes: %i times", async (durationMs, results) => {
    await new EncoderCache(folder).remember(new Map([["a", { ...fails, durationMs }]]));
    expect((await new EncoderCache(folder).recall(fails.atMs + 10 * 60_000)).size).toBe(results);
  });

  it("that could not be written goes before the file's only until it is there itself", async () => {
    const cache = new EncoderCache(folder);
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "no folder");
    await cache.remember(new Map([["a", fails]]));
    expect([...(await cache.recall(Date.now()))]).toEqual([["a", fails]]);
    rmSync(folder);
    await cache.remember(new Map([["a", works]]));
    expect([...(await cache.recall(Date.now()))]).toEqual([["a", works]]);
  });

  it("is forgotten on demand", async () => {
    await new EncoderCache(folder).remember(new Map([["a", works]]));
    new EncoderCache(folder).forget();
    expect(existsSync(file())).toBe(false);
    expect(() => new EncoderCache(folder).forget()).not.toThrow();
  });

  it("does not grow without end", async () => {
    const many = Array.from({ length: 500 }, (_, index) => [`key ${index}`, works] as const);
    await new EncoderCache(folder).remember(new Map(many));
    expect([...(await new EncoderCache(folder).recall(Date.now())).keys()].at(-1)).toBe("key 499");
    expect((await new EncoderCache(folder).recall(Date.now())).size).toBe(200);
  });
});

describe("a file that is not right", () => {
  it.each([
    ["", 0],
    ["{", 0],
    ["null", 0],
    ["[]", 0],
    ['{"a": 1, "b": {"encoder": "x"}}', 0],
    [
      JSON.stringify({
        a: { ...works, verdict: { works: true, profile: "ultra", codec: "avc1" } },
        b: works,
      }),
      1,
    ],
    [JSON.stringify({ a: { ...fails, verdict: { works: false, reason: 1, fix: "" } } }), 0],
    [JSON.stringify({ a: works, padding: "x".repeat(1_000_000) }), 0],
  ])("is no error: %.30s", async (text, results) => {
    mkdirSync(folder);
    writeFileSync(file(), text);
    expect((await new EncoderCache(folder).recall(Date.now())).size).toBe(results);
  });

  it.each([
    ["no verdict", { works: undefined }],
    ["another verdict", { works: "no" }],
    ["no reason", { reason: undefined }],
    ["no remedy", { fix: 7 }],
    ["no word on whether there is such a thing", { isAbsent: "yes" }],
  ])("has no refusal with %s", async (_, damage) => {
    mkdirSync(folder);
    writeFileSync(
      file(),
      JSON.stringify({ a: { ...fails, verdict: { ...fails.verdict, ...damage } }, b: fails }),
    );
    expect([...(await new EncoderCache(folder).recall(Date.now()))]).toEqual([["b", fails]]);
  });

  it.each([
    ["whole", { forcesKeyFrames: true, holdsNoFrame: true, widthStep: 64, libraryVersion: "1.4.1" }, {}],
    ["as far as it is known", {}, { forcesKeyFrames: false }],
    [
      "without what cannot be",
      { forcesKeyFrames: 1, holdsNoFrame: false, widthStep: 0, color: "red" },
      { forcesKeyFrames: false, holdsNoFrame: undefined, widthStep: undefined, color: undefined },
    ],
    ["without a step that is none", { widthStep: "64" }, { forcesKeyFrames: false, widthStep: undefined }],
  ])("has what works %s", async (_, written, corrected) => {
    const verdict = { works: true, profile: "main", codec: "avc1.4d401f", ...written };
    mkdirSync(folder);
    writeFileSync(file(), JSON.stringify({ a: { ...works, verdict } }));
    const [result] = (await new EncoderCache(folder).recall(Date.now())).values();
    expect(result?.verdict).toEqual({ ...verdict, ...corrected });
  });

  it.each([
    [1_000_000, 1],
    [1_000_001, 0],
  ])("is read up to a megabyte: of %i bytes, %i results", async (bytes, results) => {
    mkdirSync(folder);
    writeFileSync(file(), JSON.stringify({ a: works }).padEnd(bytes));
    expect((await new EncoderCache(folder).recall(Date.now())).size).toBe(results);
  });

  it("that cannot be replaced leaves nothing beside it", async () => {
    mkdirSync(file(), { recursive: true });
    await new EncoderCache(folder).remember(new Map([["a", works]]));
    expect(readdirSync(folder)).toEqual(["encoders.json"]);
  });

  it("whatever it holds", async () => {
    mkdirSync(folder);
    const anything = fc.oneof(fc.string(), fc.json());
    const readsAll = fc.asyncProperty(anything, async (text) => {
      writeFileSync(file(), text);
      await new EncoderCache(folder).recall(Date.now());
    });
    await expect(fc.assert(readsAll, { numRuns: 100 })).resolves.toBeUndefined();
  });

  it("and a folder that cannot be written is none, either", async () => {
    writeFileSync(folder, "a file where the folder should be");
    await expect(new EncoderCache(folder).remember(new Map([["a", works]]))).resolves.toBeUndefined();
    expect((await new EncoderCache(folder).recall(Date.now())).size).toBe(0);
  });
});

describe("the cacheKey", () => {
  const [nvenc, vaapi] = encoders;
  if (nvenc === undefined || vaapi === undefined) throw new Error("the table is short");
  const candidate: Candidate = {
    encoder: vaapi,
    node: "/dev/dri/renderD128",
    refusal: null,
    forbidden: null,
  };
  const setup = {
    ffmpeg: { path: "ffmpeg", version: "7.1", majorVersion: 7 },
    size: { width: 1280, height: 720 },
    fps: 30,
  };
  const machine = fakeMachine({ env: { HOME: "/home/kim" } });
  const usual = cacheKeyOf(candidate, setup, machine);

  it("are the same in the next run, with about the same frame rate or an unrelated variable", async () => {
    const later = fakeMachine({ env: { HOME: "/root", TERM: "xterm" } });
    expect(await cacheKeyOf({ ...candidate }, { ...setup, fps: 29.97 }, later)).toBe(await usual);
  });

  it("are the same in whatever order the variables come", async () => {
    const [driver, path] = [{ LIBVA_DRIVER_NAME: "iHD" }, { PATH: "/bin" }];
    const machines = [
      { ...driver, ...path },
      { ...path, ...driver },
    ].map((env) => fakeMachine({ env }));
    const keys = await Promise.all(machines.map((one) => cacheKeyOf(candidate, setup, one)));
    expect(keys[0]).toBe(keys[1]);
  });

  it.each([
    ["ffmpeg", candidate, { ...setup, ffmpeg: { ...setup.ffmpeg, path: "/opt/ffmpeg" } }, machine],
    ["its version", candidate, { ...setup, ffmpeg: { ...setup.ffmpeg, version: "7.1.1" } }, machine],
    ["the size", candidate, { ...setup, size: { width: 1920, height: 1080 } }, machine],
    ["the rate", candidate, { ...setup, fps: 60 }, machine],
    ["the encoder", { ...candidate, encoder: nvenc }, setup, machine],
    ["the node", { ...candidate, node: ":0" }, setup, machine],
    ["a group joined", candidate, setup, fakeMachine({ groups: [105] })],
    ["libva's driver", candidate, setup, fakeMachine({ env: { LIBVA_DRIVER_NAME: "iHD" } })],
  ])("are others with %s", async (_, ...given) => {
    expect(await cacheKeyOf(...given)).not.toBe(await usual);
  });
});

describe("within a process", () => {
  it("what no file takes is remembered all the same, until it is forgotten", async () => {
    const cache = new EncoderCache(join("/dev/null", "cache"));
    await cache.remember(new Map([["a", works]]));
    expect([...(await cache.recall(Date.now())).keys()]).toEqual(["a"]);
    cache.forget();
    expect((await cache.recall(Date.now())).size).toBe(0);
  });

  it("encoders are tried for one stream after the other, whatever becomes of it", async () => {
    const cache = new EncoderCache(folder);
    const order: string[] = [];
    const probing = (name: string, doesFail: boolean) =>
      cache.inTurn(async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
        if (doesFail) throw new Error(name);
      });
    const results = await Promise.allSettled([probing("one", true), probing("two", false)]);
    expect(order).toEqual(["one begins", "one ends", "two begins", "two ends"]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });
});
