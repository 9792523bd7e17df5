import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DiskError } from "../../../src/recordings/disk.ts";
import type { Segment } from "../../../src/recordings/segment.ts";
import { recordingsSchema, segmentSchema } from "../../../src/server/api/schemas.ts";
import { START_MS } from "../../recordings/fake-recordings.ts";
import { Recorded } from "../recordings/recorded.ts";

const LIST = "/api/v1/streams/cam/recordings";

let recorded: Recorded;
beforeAll(async () => {
  recorded = await Recorded.start();
});
beforeEach(() => {
  recorded.recordings.reset();
  recorded.stream.recordings = recorded.recordings;
});
afterAll(() => recorded.stop());

async function ask(path: string, method = "GET") {
  const response = await fetch(`http://127.0.0.1:${recorded.served.port}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

async function list(query = "") {
  const { status, text } = await ask(`${LIST}${query}`);
  expect([status, text]).toEqual([200, expect.stringMatching(/^\{/)]);
  const told = JSON.parse(text);
  expect(recordingsSchema.parse(told)).toEqual(told);
  return told;
}

/** Three segments of ten seconds, of which the third comes an hour late. */
function add(): readonly Segment[] {
  const { recordings } = recorded;
  const bytes = Buffer.alloc(1000);
  recordings.add(bytes, { isKept: true });
  recordings.add(bytes, { state: "repaired", startMs: START_MS + 10_400 });
  recordings.add(bytes, { startMs: START_MS + 3_620_400, state: "recording", durationMs: 0 });
  return recordings.segments;
}

const of = (id: string | undefined, startMs: number, rest: object) => ({
  ...{ id, startMs, bytes: 1000, isKept: false, ...rest },
});

describe("what is recorded", () => {
  it("is listed in the order of its time, with its gaps, and without where it is", async () => {
    const [first, second, third] = add().map(({ id }) => id);
    expect(await list()).toEqual({
      isRecording: true,
      segments: [
        of(first, START_MS, { durationMs: 10_000, state: "done", isKept: true, gapBeforeMs: null }),
        of(second, START_MS + 10_400, { durationMs: 10_000, state: "repaired", gapBeforeMs: 0 }),
        of(third, START_MS + 3_620_400, { durationMs: 0, state: "recording", gapBeforeMs: 3_600_000 }),
      ],
    });
    expect((await ask(LIST)).text).not.toContain("/recordings/");
  });

  it("may be nothing yet, or nothing any more", async () => {
    expect(await list()).toEqual({ isRecording: false, segments: [] });
    recorded.recordings.add(Buffer.alloc(1));
    expect((await list()).isRecording).toBe(false);
  });

  it.each([
    ["all of it", "", [0, 1, 2]],
    ["what ends later", `?from=${START_MS + 10_000}`, [1, 2]],
    ["what begins earlier", `?to=${START_MS + 10_400}`, [0]],
    ["what is in between", "?from=2026-11-29T14:05:09.999Z&to=2026-11-29T14:05:10.401Z", [0, 1]],
    ["what is being recorded, though it has lasted no time", `?from=${START_MS + 3_620_400}`, [2]],
    ["nothing", `?from=${START_MS + 30_000}&to=${START_MS + 40_000}`, []],
  ])("is listed in part: %s", async (_what, query, expected) => {
    const ids = add().map(({ id }) => id);
    const { segments } = await list(query);
    expect(segments.map(({ id }: { readonly id: string }) => ids.indexOf(id))).toEqual(expected);
  });

  it("before what is asked for is known all the same", async () => {
    add();
    const { segments } = await list(`?from=${START_MS + 3_000_000}`);
    expect(segments).toEqual([expect.objectContaining({ gapBeforeMs: 3_600_000 })]);
  });

  it("is not there for a stream that is not recorded, or is no stream", async () => {
    recorded.stream.recordings = null;
    expect(await ask(LIST)).toEqual({ status: 404, text: '"cam" is not recorded\n' });
    expect(await ask(LIST.replace("cam", "other"))).toEqual({ status: 404, text: "stream not found\n" });
  });

  it("must be asked for in a way that is understood", async () => {
    expect(await ask(`${LIST}?from=2&to=1`)).toEqual({ status: 400, text: "from must be before to\n" });
  });

  it("is listed in no time, however much it is", async () => {
    const { recordings } = recorded;
    const one = recordings.add(Buffer.alloc(1000));
    recordings.segments = Array.from({ length: 10_000 }, (_, at) => ({
      ...{ ...one, id: `${one.id}-${at}`, startMs: START_MS + at * 10_000 },
    }));
    await ask(LIST);
    const startMs = performance.now();
    const { text } = await ask(LIST);
    expect(performance.now() - startMs).toBeLessThan(2000); // a tenth of a second where nothing else runs
    expect(JSON.parse(text).segments).toHaveLength(10_000);
  });
});

describe("a segment", () => {
  it("is kept, and given back", async () => {
    const [, segment] = add();
    const path = `${LIST}/${segment?.id}/keep`;
    for (const [method, isKept] of [
      ["POST", true],
      ["POST", true],
      ["DELETE", false],
    ] as const) {
      const { status, text } = await ask(path, method);
      const told = JSON.parse(text);
      expect([status, segmentSchema.parse(told)]).toEqual([200, told]);
      expect(told).toMatchObject({ id: segment?.id, isKept, gapBeforeMs: 0 });
      expect(recorded.recordings.segments[1]?.isKept).toBe(isKept);
    }
  });

  it.each(["x", "%2e%2e%20", "20261129T140500Z-9", "%252e%252e"])(
    "that is not there is not: %s",
    async (id) => {
      add();
      expect(await ask(`${LIST}/${id}/keep`, "POST")).toEqual({
        status: 404,
        text: "recording not found: it may have been deleted\n",
      });
    },
  );

  it("is not kept by a disk that fails, and where it is stays untold", async () => {
    const [segment] = add();
    const { recordings } = recorded;
    recorded.stream.recordings = {
      list: () => recordings.list(),
      read: (...args) => recordings.read(...args),
      keep: async () => {
        throw new DiskError("EROFS", "/secret/path");
      },
    };
    expect(await ask(`${LIST}/${segment?.id}/keep`, "POST")).toEqual({
      status: 503,
      text: "the disk of the recordings fails (EROFS); try again in 10 seconds\n",
    });
  });
});
