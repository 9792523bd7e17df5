import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recording } from "../../src/channel/recording.ts";
import type { LogEvent } from "../../src/log.ts";
import { Demand } from "../../src/outputs/demand.ts";
import { FanOut } from "../../src/outputs/fan-out.ts";
import type { RecordSettings } from "../../src/outputs/record/record-settings.ts";
import { DiskError } from "../../src/recordings/disk.ts";
import { RecordingOutput } from "../outputs/recording-output.ts";
import type { FakeDisk } from "../recordings/fake-disk.ts";
import { START_MS, segmentAt } from "../recordings/some-segments.ts";
import { fakeRecorders, someRecord } from "./fake-recorder.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function recorded(
  settings: RecordSettings | null = someRecord,
  prepare: (disk: FakeDisk) => void = () => undefined,
) {
  const { disk, made, recorders } = fakeRecorders();
  prepare(disk);
  const demand = new Demand();
  const watching = new Demand(demand);
  const events: LogEvent[] = [];
  const outputs = new FanOut({
    live: new RecordingOutput(),
    onFailed: (output, error) => recording.failed(output, error),
  });
  const recording = new Recording(settings, {
    ...{ name: "cam", outputs, watching, demand, recorders },
    onNotice: (event) => events.push(event),
  });
  recording.start();
  const told = () => events.map(({ event }) => event);
  return { disk, made, recorders, demand, watching, recording, outputs, events, told };
}

/** What is looked for on the disk is found, and what timers do in the meantime. */
const settled = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe("a stream's recording", () => {
  it("is none where it is not recorded, and asks nothing of a disk", async () => {
    const { recording, made, disk } = recorded(null);
    await settled(20_000);
    expect([recording.status, recording.catalog, made.length]).toEqual([null, null, 0]);
    expect(disk.asked).toEqual([]);
  });

  it("goes from waiting to recording, with what there was before", async () => {
    const before = [segmentAt(-2), segmentAt(-1, { state: "repaired", modifiedMs: START_MS + 5 })];
    const { recording, made, told, events } = recorded(someRecord, (disk) => (disk.found = before));
    expect(recording.status).toMatchObject({ state: "waiting", segment: null, segments: 0 });
    await settled();
    expect(recording.status).toMatchObject({ segments: 2, bytes: 2_000_000 });
    made[0]?.segment(0, { state: "recording", bytes: 500 });
    const { id } = segmentAt(0);
    expect(recording.status).toMatchObject({ state: "recording", segment: id, bytes: 2_000_500 });
    made[0]?.segment(1, { state: "recording" });
    made[0]?.segment(0);
    await settled(5000);
    expect(recording.status).toMatchObject({ state: "recording", segment: segmentAt(1).id, segments: 4 });
    expect(told()).toEqual(["segment-done", "recording-started", "segment-done"]);
    expect(events.at(-1)).toMatchObject({
      level: "debug",
      fields: { file: segmentAt(0).file, state: "done" },
    });
    made[0]?.segment(1);
    await settled(5000);
    expect(recording.status).toMatchObject({ state: "waiting", segment: null });
  });

  it("has a stream on demand run, and ends with it", async () => {
    const { recording, made, demand, outputs } = recorded();
    expect(demand.count).toBe(1);
    recording.close();
    expect(demand.count).toBe(0);
    await outputs.end();
    expect(made[0]?.heard).toEqual(["end"]);
  });

  it("says why a disk cannot be written, once, and that it goes on", async () => {
    const { recording, made, told } = recorded();
    made[0]?.segment(0, { state: "recording" });
    const failure = new DiskError("EIO", "/rec/cam/a.flv.part: input/output error");
    made[0]?.options.onState({ pausedBecause: failure });
    made[0]?.options.onState({ pausedBecause: failure });
    expect(recording.status).toMatchObject({ state: "paused", lastError: failure.message });
    made[0]?.segment(1, { state: "recording" });
    expect(recording.status).toMatchObject({ state: "recording", lastError: failure.message });
    expect(told()).toEqual(["recording-started", "recording-paused", "recording-resumed"]);
    await settled();
  });

  it("is tried again where the recorder itself fails", async () => {
    const { recording, made, outputs } = recorded();
    const [first] = made;
    if (first !== undefined)
      first.begin = () => {
        throw new Error("a bug");
      };
    outputs.begin({ tracks: { video: true, audio: false }, rates: {}, encoderName: "test" });
    await settled();
    expect(recording.status).toMatchObject({ state: "paused", lastError: "Error: a bug" });
    await settled(10_000);
    expect(made).toHaveLength(2);
    expect(made[1]?.heard).toEqual(["begin"]);
  });

  it("looks through a folder again that could not be read", async () => {
    const failure = new DiskError("EIO", "/rec: input/output error");
    const { recording, disk } = recorded(someRecord, (broken) => (broken.failure = failure));
    await settled();
    expect(recording.status?.lastError).toBe("/rec: input/output error");
    disk.failure = null;
    disk.found = [segmentAt(0)];
    await settled(10_000);
    expect(recording.status?.segments).toBe(1);
  });
});

describe("when it is recorded", () => {
  it("watched: while somebody watches, and ten seconds longer", async () => {
    const { recording, made, demand, watching } = recorded({ ...someRecord, when: "watched" });
    expect([made.length, demand.count]).toEqual([0, 0]);
    expect(recording.status?.state).toBe("waiting");
    const leave = watching.take();
    expect([made.length, demand.count]).toEqual([1, 1]);
    leave();
    await settled(9000);
    watching.take()();
    await settled(9000);
    expect(made[0]?.heard).toEqual([]);
    await settled(1100);
    expect(made[0]?.heard).toEqual(["end"]);
    expect(demand.count).toBe(0);
  });

  it("hours: begins and ends with them, and has a stream on demand run meanwhile", async () => {
    const hours = { fromMinute: 14 * 60 + 1, toMinute: 14 * 60 + 3 };
    const { recording, made, demand } = recorded({ ...someRecord, when: hours });
    expect([recording.status?.state, made.length, demand.count]).toEqual(["off-hours", 0, 0]);
    await settled(60_000);
    expect([recording.status?.state, made.length, demand.count]).toEqual(["waiting", 1, 1]);
    made[0]?.segment(1, { state: "recording" });
    await settled(119_000);
    expect(made[0]?.heard).toEqual([]);
    await settled(1000);
    expect([made[0]?.heard, demand.count]).toEqual([["end"], 0]);
    made[0]?.segment(1);
    await settled(5000);
    expect(recording.status?.state).toBe("off-hours");
  });

  it("over midnight, too", async () => {
    const { made } = recorded({ ...someRecord, when: { fromMinute: 23 * 60, toMinute: 60 } });
    await settled(9 * 3_600_000 - 1000);
    expect(made).toHaveLength(0);
    await settled(1000);
    expect(made).toHaveLength(1);
    await settled(2 * 3_600_000);
    expect(made[0]?.heard).toEqual(["end"]);
  });
});

describe("other settings", () => {
  it("what is kept changes nothing that is written", async () => {
    const { recording, made } = recorded();
    recording.set({ ...someRecord, keepMs: 5000, maxBytes: 5_000_000 });
    recording.set({ ...someRecord, keepMs: 5000, when: { fromMinute: 0, toMinute: 1439 } });
    await settled();
    expect([made.length, made[0]?.heard]).toEqual([1, []]);
  });

  it("another folder ends one recording and begins another", async () => {
    const { recording, made, disk } = recorded();
    made[0]?.segment(0, { state: "recording" });
    recording.set({ ...someRecord, folder: "/other" });
    await settled();
    expect([made.length, made[0]?.heard]).toEqual([2, ["end"]]);
    expect(recording.catalog?.folder).toBe("/other/cam");
    made[0]?.segment(0); // its end comes later, and is told of
    expect(recording.status).toMatchObject({ folder: "/other", segments: 0 });
    expect(disk.asked).toEqual(["scan", "scan"]);
  });

  it("none ends it, and the same again finds what was there", async () => {
    const { recording, made, demand } = recorded();
    made[0]?.segment(0, { state: "recording" });
    recording.set(null);
    made[0]?.segment(0);
    await settled(5000);
    expect([recording.status, demand.count]).toEqual([null, 0]);
    recording.set(someRecord);
    expect(recording.status).toMatchObject({ state: "waiting", segments: 1 });
    expect(demand.count).toBe(1);
  });
});

describe("a disk that is too full", () => {
  it("is held where nothing may be deleted, tells once, and goes on by itself", async () => {
    const { recording, made, disk, told, events } = recorded();
    await settled();
    made[0]?.segment(0, { state: "recording" });
    disk.usedBytes = disk.totalBytes - 500_000;
    await settled(30_000);
    const why = "only 500 kB free at /rec, less than 1.0 MB (--record-keep-free), and nothing may be deleted";
    expect(made[0]?.told).toEqual([`pause: ${why}`]);
    expect(recording.status).toMatchObject({ state: "paused", lastError: why, freeBytes: 500_000 });
    disk.usedBytes = 0;
    await settled(10_000);
    expect(made[0]?.told.at(-1)).toBe("resume");
    made[0]?.segment(1, { state: "recording" });
    expect(recording.status?.state).toBe("recording");
    expect(told()).toEqual(["recording-started", "recording-paused", "recording-resumed"]);
    expect(events[1]?.level).toBe("warning");
  });

  it("holds the recorder that takes the place of one that failed, too", async () => {
    const { recording, made, disk, outputs } = recorded();
    const [first] = made;
    if (first !== undefined)
      first.begin = () => {
        throw new Error("a bug");
      };
    disk.usedBytes = disk.totalBytes - 500_000;
    await settled(10_000);
    outputs.begin({ tracks: { video: true, audio: false }, rates: {}, encoderName: "test" });
    await settled(20_000);
    expect(made.map(({ told }) => told.length)).toEqual([1, 1]);
    expect(recording.status?.state).toBe("paused");
  });

  it("loses the oldest where it may, and records on", async () => {
    const before = [-3, -2, -1].map((minute) => segmentAt(minute));
    const { recording, made, disk } = recorded({ ...someRecord, keepMs: 86_400_000 }, (old) => {
      old.found = before;
      for (const { file, bytes } of before) old.files.set(file, bytes);
    });
    await settled();
    disk.usedBytes = disk.totalBytes - 3_000_000 - 500_000;
    made[0]?.segment(0, { state: "recording", bytes: 0 });
    await settled(10_000);
    expect(disk.asked.filter((line) => line.startsWith("remove"))).toEqual([`remove ${segmentAt(-3).file}`]);
    expect(recording.status).toMatchObject({ state: "recording", segments: 3 });
    expect(made[0]?.told).toEqual([]);
  });
});
