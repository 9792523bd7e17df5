import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Catalog } from "../../src/recordings/catalog.ts";
import type { RetentionLimits } from "../../src/recordings/retention.ts";
import { RetentionRunner } from "../../src/recordings/retention-runner.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { FakeDisk } from "./fake-disk.ts";
import { MINUTE_MS, START_MS, segmentAt } from "./some-segments.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

const settled = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function kept(streams: Readonly<Record<string, RetentionLimits>>) {
  const disk = new FakeDisk();
  const held = new Map<string, boolean>();
  const runner = new RetentionRunner({
    ...{ disk, keepFree: { bytes: 10_000_000 } },
  });
  const catalogs = Object.entries(streams).map(([name, limits]) => {
    const catalog = new Catalog(`/rec/${name}`, () => disk);
    runner.add({
      catalog,
      limits: () => ({ ...limits, folder: "/rec" }),
      hold: (why) => held.set(name, why !== null),
    });
    return catalog;
  });
  const write = (catalog: Catalog | undefined, minute: number, more: Partial<Segment> = {}) => {
    const segment = segmentAt(minute, { file: `${catalog?.folder}/${minute}.flv`, ...more });
    disk.files.set(segment.file, segment.bytes);
    catalog?.note(segment);
  };
  const files = () => [...disk.files.keys()].toSorted();
  return { disk, runner, catalogs, held, write, files };
}

const forever = { keepMs: null, maxBytes: null };

describe("retention", () => {
  it("deletes by age, every ten seconds", async () => {
    const { catalogs, write, files } = kept({ cam: { ...forever, keepMs: 5 * MINUTE_MS } });
    for (const minute of [-7, -6.5, -5, -2]) write(catalogs[0], minute);
    write(catalogs[0], -20, { isKept: true, file: "/rec/cam/kept/-20.flv" });
    await settled(10_000);
    expect(files()).toEqual(["/rec/cam/-2.flv", "/rec/cam/-5.flv", "/rec/cam/kept/-20.flv"]);
    await settled(MINUTE_MS);
    expect(files()).toEqual(["/rec/cam/-2.flv", "/rec/cam/kept/-20.flv"]);
  });

  it("deletes by size, of one stream at the cost of none other", async () => {
    const { catalogs, write, files } = kept({ a: { ...forever, maxBytes: 2_500_000 }, b: forever });
    for (const minute of [1, 2, 3, 4]) for (const catalog of catalogs) write(catalog, minute);
    await settled(10_000);
    expect(files()).toEqual(["a/3", "a/4", "b/1", "b/2", "b/3", "b/4"].map((name) => `/rec/${name}.flv`));
  });

  it("frees space at the cost of the loudest, never of those that keep everything", async () => {
    const week = { ...forever, keepMs: 7 * 86_400_000 };
    const { disk, catalogs, write, files, held } = kept({ loud: week, quiet: week, all: forever });
    for (const minute of [1, 2, 3, 4]) write(catalogs[0], minute, { bytes: 5_000_000 });
    write(catalogs[1], 1);
    write(catalogs[2], -9, { bytes: 9_000_000 });
    disk.usedBytes = disk.totalBytes - 30_000_000 - 2_000_000; // 8 MB are lacking
    await settled(10_000);
    expect(files()).toEqual(["all/-9", "loud/3", "loud/4", "quiet/1"].map((name) => `/rec/${name}.flv`));
    expect([...held.values()]).toEqual([false, false, false]);
  });

  it("holds all where nothing is left, and goes on with a margin", async () => {
    const { disk, runner, held } = kept({ a: forever, b: forever });
    disk.usedBytes = disk.totalBytes - 9_000_000;
    await settled(30_000);
    expect([...held.values()]).toEqual([true, true]);
    expect(runner.lowAt("/rec")).toMatchObject({ freeBytes: 9_000_000, wantedBytes: 10_000_000 });
    disk.usedBytes = disk.totalBytes - 10_100_000;
    await settled(10_000);
    expect([...held.values()]).toEqual([true, true]);
    disk.usedBytes = disk.totalBytes - 10_300_000;
    await settled(10_000);
    expect([[...held.values()], runner.lowAt("/rec")]).toEqual([[false, false], null]);
    runner.setKeepFree({ bytes: 11_000_000 });
    await settled();
    expect([...held.values()]).toEqual([true, true]);
  });

  it("forgets a disk that was too full, with its last stream", async () => {
    const { disk, runner } = kept({});
    disk.usedBytes = disk.totalBytes - 9_000_000;
    const catalog = new Catalog("/rec/a", () => disk);
    const remove = runner.add({
      catalog,
      limits: () => ({ ...forever, folder: "/rec" }),
      hold: () => undefined,
    });
    await settled(10_000);
    expect(runner.lowAt("/rec")).not.toBeNull();
    remove();
    await settled();
    expect([runner.lowAt("/rec"), runner.spaceOf("/rec")]).toEqual([null, null]);
  });

  it("leaves a file alone for ten minutes that it may not delete, and takes the next", async () => {
    const { disk, catalogs, write, files } = kept({ cam: { ...forever, maxBytes: 1_500_000 } });
    for (const minute of [1, 2, 3]) write(catalogs[0], minute);
    disk.stuck.add("/rec/cam/1.flv");
    await settled(10_000);
    expect(files()).toEqual(["/rec/cam/1.flv", "/rec/cam/3.flv"]);
    const tries = () => disk.asked.filter((line) => line === "remove /rec/cam/1.flv").length;
    await settled(500_000);
    expect(tries()).toBe(1);
    disk.stuck.clear();
    await settled(200_000);
    expect([tries(), files()]).toEqual([2, ["/rec/cam/3.flv"]]);
  });

  it("a disk that does not answer neither deletes nor holds", async () => {
    const { disk, catalogs, write, held, runner } = kept({ cam: { ...forever, keepMs: MINUTE_MS } });
    write(catalogs[0], 0);
    disk.space = () => Promise.reject(new Error("ETIMEDOUT"));
    await settled(10_000);
    expect([held.size, runner.spaceOf("/rec")]).toEqual([0, null]);
  });

  it("a stream that is made anew takes the place of the one before", async () => {
    const { runner, catalogs, write, files } = kept({ cam: { ...forever, keepMs: 1000 } });
    const [catalog] = catalogs;
    if (catalog === undefined) throw new Error("there is none");
    const remove = runner.add({
      catalog,
      limits: () => ({ ...forever, folder: "/rec" }),
      hold: () => undefined,
    });
    write(catalog, -60);
    await settled(20_000);
    expect(files()).toHaveLength(1);
    remove();
    runner.look();
    await settled();
    expect(files()).toHaveLength(1);
  });
});
