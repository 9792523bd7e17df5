import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Catalog } from "../../src/recordings/catalog.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { FakeDisk } from "./fake-disk.ts";
import { segmentAt, segmentsAt } from "./some-segments.ts";

function catalogOf(segments: readonly Segment[]) {
  const disk = new FakeDisk();
  for (const { file, bytes } of segments) disk.files.set(file, bytes);
  const catalog = new Catalog("/rec/cam", () => disk);
  catalog.addFound(segments);
  return { disk, catalog };
}

/** The shortest of five. */
function bestMs(what: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const beganMs = performance.now();
    for (let round = 0; round < 20; round++) what();
    return performance.now() - beganMs;
  });
  return Math.min(...times);
}

const ids = (segments: readonly Segment[]) => segments.map(({ id }) => id.slice(9, 13));

describe("a catalog", () => {
  it("has what was found and what was written, in the order of time", () => {
    const { catalog } = catalogOf(segmentsAt(3, 1, 2));
    catalog.note(segmentAt(4, { state: "recording", durationMs: 1000, bytes: 500 }));
    catalog.note(segmentAt(0));
    expect(ids(catalog.list())).toEqual(["1400", "1401", "1402", "1403", "1404"]);
    expect(catalog.bytes).toBe(4_000_500);
    catalog.note(segmentAt(4, { bytes: 900_000 }));
    expect(catalog.list().at(-1)).toMatchObject({ state: "done", bytes: 900_000 });
    expect(catalog.bytes).toBe(4_900_000);
  });

  it("believes the writer of what a scan found, too", () => {
    const { catalog } = catalogOf([]);
    catalog.note(segmentAt(1, { state: "recording", bytes: 7 }));
    catalog.addFound([segmentAt(0), segmentAt(1)]);
    expect(catalog.list().map(({ bytes }) => bytes)).toEqual([1_000_000, 7]);
  });

  it("has a file once of which somebody has made a copy", () => {
    const { catalog } = catalogOf([segmentAt(0), segmentAt(0, { file: "/rec/cam/2026-11-30/copy.flv" })]);
    expect(catalog.list()).toEqual([segmentAt(0)]);
    expect(catalog.bytes).toBe(1_000_000);
    catalog.forget(segmentAt(0).id);
    expect([catalog.list().length, catalog.bytes]).toEqual([0, 0]);
  });

  it("what was listed does not change", () => {
    const { catalog } = catalogOf(segmentsAt(0));
    const listed = catalog.list();
    expect(catalog.list()).toBe(listed);
    catalog.note(segmentAt(1));
    expect([listed.length, catalog.list().length]).toEqual([1, 2]);
  });

  it("two that began in the same second are both there", () => {
    const { catalog } = catalogOf([segmentAt(0), segmentAt(0, { id: "20261129T140000Z-2" })]);
    expect(catalog.list()).toHaveLength(2);
    expect(catalog.find("20261129T140000Z-2")).not.toBeNull();
  });

  it("10,000 are listed as fast as an array is copied, while one grows", () => {
    const many = Array.from({ length: 10_000 }, (_, minute) => segmentAt(minute));
    const { catalog } = catalogOf(many);
    const copyMs = bestMs(() => [...many].filter(({ bytes }) => bytes > 0));
    const listMs = bestMs(() => {
      catalog.note(segmentAt(9_999, { state: "recording" }));
      return catalog.list();
    });
    expect(listMs).toBeLessThan(20 * copyMs); // 2.0 where this was written
    expect(ids(catalog.list().slice(-1))).toEqual(ids(many.slice(-1)));
  });
});

describe("keeping a segment", () => {
  it("moves it below the stream's folder, and back", async () => {
    const { disk, catalog } = catalogOf(segmentsAt(0, 1));
    const [first] = catalog.list();
    if (first === undefined) throw new Error("nothing there");
    const kept = await catalog.keep(first, true);
    expect(kept).toMatchObject({ isKept: true, file: `/rec/cam/kept/2026-11-29/${first.id}.flv` });
    expect(catalog.isRemovable(kept)).toBe(false);
    expect(await catalog.read(first, 0, 5)).toHaveLength(5); // who holds the old one finds it
    expect(await catalog.keep(kept, false)).toEqual(first);
    expect(disk.files.has(first.file)).toBe(true);
  });

  it("one in work is moved when it is done", async () => {
    const { disk, catalog } = catalogOf([]);
    const part = segmentAt(0, { state: "recording", file: "/rec/cam/a.flv.part" });
    catalog.note(part);
    expect(await catalog.keep(part, true)).toMatchObject({ isKept: true, file: part.file });
    catalog.note({ ...part, bytes: 2_000_000 });
    expect(catalog.list()[0]).toMatchObject({ isKept: true, bytes: 2_000_000 });
    disk.files.set("/rec/cam/a.flv", 3_000_000);
    catalog.note({ ...part, state: "done", file: "/rec/cam/a.flv", bytes: 3_000_000 });
    await expect.poll(() => catalog.list()[0]?.file).toBe("/rec/cam/kept/a.flv");
    expect(catalog.bytes).toBe(3_000_000);
  });

  it("one that could not be moved when it was done is given back where it is", async () => {
    const { disk, catalog } = catalogOf([]);
    const part = segmentAt(0, { state: "recording", file: "/rec/cam/a.flv.part" });
    const done = { ...part, state: "done", file: "/rec/cam/a.flv" } as const;
    catalog.note(part);
    await catalog.keep(part, true);
    disk.stuck.add(done.file);
    catalog.note(done);
    await expect.poll(() => disk.asked).toEqual(["move /rec/cam/a.flv /rec/cam/kept/a.flv"]);
    disk.stuck.clear();
    disk.files.set(done.file, done.bytes);
    expect(await catalog.keep(done, false)).toEqual(done);
    expect([...disk.files.keys()]).toEqual([done.file]);
  });

  it("one that is given back while it is moved ends where the others are", async () => {
    const { disk, catalog } = catalogOf([]);
    const part = segmentAt(0, { state: "recording", file: "/rec/cam/a.flv.part" });
    const done = { ...part, state: "done", file: "/rec/cam/a.flv" } as const;
    catalog.note(part);
    await catalog.keep(part, true);
    disk.files.set(done.file, done.bytes);
    const move = disk.move.bind(disk);
    disk.move = async (from, to) => {
      await setImmediate();
      await move(from, to);
    };
    catalog.note(done);
    expect(await catalog.keep(done, false)).toEqual(done);
    expect(catalog.list()).toEqual([done]);
    expect([...disk.files.keys()]).toEqual([done.file]);
  });

  it("what is not there is said to be gone, and nothing is moved", async () => {
    const { disk, catalog } = catalogOf([]);
    await expect(catalog.keep(segmentAt(0), true)).rejects.toThrow("there is no segment 20261129T140000Z");
    expect(disk.asked).toEqual([]);
  });

  it("where the disk refuses, it is as before", async () => {
    const { disk, catalog } = catalogOf(segmentsAt(0));
    const [first] = catalog.list();
    disk.stuck.add(first?.file ?? "");
    await expect(catalog.keep(segmentAt(0), true)).rejects.toThrow("permission denied");
    expect(catalog.list()).toEqual([first]);
  });
});

describe("removing a segment", () => {
  it("removes no kept one, none in work, and none that was moved meanwhile", async () => {
    const { disk, catalog } = catalogOf(segmentsAt(0));
    const working = segmentAt(1, { state: "recording" });
    catalog.note(working);
    const [first = working] = catalog.list();
    const keeping = catalog.keep(first, true);
    await catalog.remove(first);
    await catalog.remove(working);
    await keeping;
    expect(disk.asked.filter((line) => line.startsWith("remove"))).toEqual([]);
    expect(catalog.list()).toHaveLength(2);
  });

  it("forgets one whose file somebody has deleted", async () => {
    const { disk, catalog } = catalogOf(segmentsAt(0));
    disk.files.clear();
    await catalog.remove(segmentAt(0));
    expect([catalog.list().length, catalog.bytes]).toEqual([0, 0]);
  });

  it("keeps one that the disk refuses to delete", async () => {
    const { disk, catalog } = catalogOf(segmentsAt(0));
    disk.stuck.add(segmentAt(0).file);
    await expect(catalog.remove(segmentAt(0))).rejects.toThrow("permission denied");
    expect(catalog.list()).toHaveLength(1);
  });
});
