import { afterEach, beforeEach, expect, test } from "vitest";
import { Catalog } from "../../src/recordings/catalog.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { localTime } from "../../src/system/local-time.ts";
import { FakeDisk } from "../recordings/fake-disk.ts";
import { MINUTE_MS, START_MS, segmentAt } from "../recordings/some-segments.ts";
import { RunningStreams } from "./running-streams.ts";

let streams: RunningStreams;
beforeEach(() => {
  streams = new RunningStreams();
});
afterEach(() => streams.close());

async function recorded(name: string, segments: readonly Segment[]) {
  const disk = new FakeDisk();
  const catalog = new Catalog("/rec/cam", () => disk);
  catalog.addFound(segments);
  for (const { file, bytes } of segments) disk.files.set(file, bytes);
  const stream = await streams.add(name);
  stream.recordings = catalog;
  return { catalog, disk };
}

const some = [
  segmentAt(0, { bytes: 183_000_000 }),
  segmentAt(1, { state: "repaired", durationMs: 30_000 }),
  segmentAt(5, { isKept: true }),
  segmentAt(6, { state: "recording", durationMs: 12_400, bytes: 40_000 }),
];
const [at0, at1, at5, at6] = some.map(({ startMs }) => localTime(startMs));

test("what is recorded of a stream is a table, with its gaps and what it comes to", async () => {
  await recorded("garden", some);
  expect(await streams.run(["recordings", "garden"])).toEqual({
    ...{ code: 0, stderr: "" },
    stdout: [
      "STARTED               LENGTH    SIZE  STATE      ID",
      `${at0}  0:01:00  183 MB             20261129T140000Z`,
      `${at1}  0:00:30  1.0 MB  repaired   20261129T140100Z`,
      "  gap of 3 min",
      `${at5}  0:01:00  1.0 MB  kept       20261129T140500Z`,
      `${at6}  0:00:12   40 kB  recording  20261129T140600Z`,
      "4 recordings, 0:02:42, 185 MB; 3 min missing",
      "",
    ].join("\n"),
  });
});

test("without a name, all that are recorded are listed; as JSON, an array", async () => {
  await recorded("garden", some.slice(0, 1));
  await recorded("door", []);
  await streams.add("yard");
  const { stdout } = await streams.run(["recordings"]);
  expect(stdout).toMatch(/^door:\nno recordings\n\ngarden:\nSTARTED [^]*\n1 recording, 0:01:00, 183 MB\n$/);
  const json = async (...argv: readonly string[]) =>
    JSON.parse((await streams.run(["recordings", "--json", ...argv])).stdout) as unknown;
  const { id, startMs } = segmentAt(0);
  const segments = [
    { id, startMs, durationMs: MINUTE_MS, bytes: 183e6, state: "done", isKept: false, gapBeforeMs: null },
  ];
  expect(await json()).toEqual([
    { name: "door", segments: [] },
    { name: "garden", segments },
  ]);
  expect(await json("garden")).toEqual({ name: "garden", segments });
});

test.each([
  [
    ["--from", new Date(START_MS + 1.4 * MINUTE_MS).toISOString()],
    ["1401", "1405", "1406"],
  ],
  [
    ["--from", new Date(START_MS + 1.6 * MINUTE_MS).toISOString()],
    ["1405", "1406"],
  ],
  [["--to", new Date(START_MS + MINUTE_MS).toISOString()], ["1400"]],
  [["--from", localTime(START_MS + 4 * MINUTE_MS), "--to", localTime(START_MS + 6 * MINUTE_MS)], ["1405"]],
  [["--from", "2026-11-27", "--to", "2026-11-28"], []],
])("%j lists what is within", async (argv, expected) => {
  await recorded("garden", some);
  const { stdout } = await streams.run(["recordings", "garden", "--json", ...argv]);
  const { segments } = JSON.parse(stdout) as { segments: readonly { id: string }[] };
  expect(segments.map(({ id }) => id.slice(9, 13))).toEqual(expected);
});

test("--from and --to may be times of today", async () => {
  const startMs = new Date().setHours(12, 0, 0, 0);
  await recorded("garden", [segmentAt(0, { startMs }), segmentAt(60, { startMs: startMs + 60 * MINUTE_MS })]);
  const { stdout } = await streams.run(["recordings", "garden", "--from", "12:30", "--to", "13:30"]);
  expect(stdout).toContain("1 recording,");
  expect(stdout).toContain(segmentAt(60).id);
});

test("a recording is kept, and not any more", async () => {
  const { catalog, disk } = await recorded("garden", some);
  const [first] = some;
  expect(await streams.run(["recordings", "garden", "--keep", first?.id ?? ""])).toMatchObject({ code: 0 });
  expect(catalog.list()[0]).toMatchObject({ isKept: true });
  expect([...disk.files.keys()]).toContain(catalog.list()[0]?.file);
  expect(await streams.run(["recordings", "--no-keep", first?.id ?? ""])).toMatchObject({ code: 0 });
  expect(catalog.list()[0]).toEqual(first);
});

test.each([
  [["--keep", "20261129T235900Z"], 1, "cannot keep the recording: there is no recording 20261129T235900Z"],
  [["--keep", "../door"], 2, "--keep ../door is not the ID of a recording: see flvcast recordings"],
  [["--keep", "20261129T140000Z", "--no-keep", "20261129T140000Z"], 2, "--keep and --no-keep contradict"],
  [["--from", "yesterday"], 2, "--from yesterday is not a time: use 14:00, a day, or a day and a time"],
  [["--from", "2026-13-01"], 2, "is not a time"],
  [["--from", "2026-02-30"], 2, "is not a time"],
  [["--from", "2026-11-29", "--to", "2026-11-28"], 2, "--from is not before --to"],
] as const)("%j is refused", async (argv, code, why) => {
  await recorded("garden", some);
  const ran = await streams.run(["recordings", "garden", ...argv]);
  expect([ran.code, ran.stdout]).toEqual([code, ""]);
  expect(ran.stderr).toContain(why);
});

test("a stream that is not recorded is said to be", async () => {
  await streams.add("garden");
  const { code, stderr } = await streams.run(["recordings", "garden"]);
  expect([code, stderr]).toEqual([1, 'flvcast: "garden" is not recorded; start one with --record FOLDER\n']);
  expect((await streams.run(["recordings", "door"])).code).toBe(3);
});

test("ten thousand recordings are listed", async () => {
  await recorded(
    "garden",
    Array.from({ length: 10_000 }, (_, minute) => segmentAt(minute)),
  );
  const { stdout } = await streams.run(["recordings", "garden"]);
  expect(stdout).toContain("10000 recordings, 166:40:00, 10 GB");
});
