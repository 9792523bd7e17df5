import { expect, test } from "vitest";
import { statusText } from "../../src/cli/status-text.ts";
import type { PushStatus, RecordingStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

const HOUR_MS = 3_600_000;
const nowMs = someStatus.startedMs + 50.5 * HOUR_MS;

/** Times of day are the reader's, and differ by where the test runs. */
const text = (changes: Partial<typeof someStatus> = {}) =>
  statusText({ ...someStatus, ...changes }, nowMs).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "THEN");

test("a stream on the air is told in a few lines", () => {
  expect(text({ sinceMs: nowMs - 2.5 * HOUR_MS }).split("\n")).toEqual([
    "garden: on air, since THEN (2 h 30 min)",
    "  url       http://127.0.0.1:8080/live/garden.flv",
    "  device    cam0",
    "  encoder   h264_vaapi: the first that works here",
    "  video     1280x720, 30 fps, 2512 kbit/s, key frame every 1 s",
    "  viewers   3",
    "  restarts  2 (cam0 2)",
    "  error     cam0 was unplugged",
    "  process   pid 4711, started THEN (2 d 2 h)",
    "",
  ]);
});

test("sound that is announced and never comes has a line of its own", () => {
  const inputs = someStatus.inputs
    .slice(0, 1)
    .map((input) => ({ ...input, silentTracks: ["audio" as const] }));
  expect(text({ inputs }).split("\n")).toContain("  silent    cam0: has sent no audio so far");
});

const recording: RecordingStatus = {
  ...{ state: "recording", sinceMs: nowMs - HOUR_MS, folder: "/srv/rec", segment: "20261129T140000Z" },
  ...{ lagMs: 0, skips: 0, bytes: 2_100_000_000, segments: 13, freeBytes: 5e9, lastError: null },
};

test.each([
  [recording, "on for 1 h 0 min, 13 segments, 2.1 GB in /srv/rec"],
  [{ ...recording, segments: 1, skips: 2 }, "on for 1 h 0 min, 1 segment, 2.1 GB in /srv/rec, 2 skips"],
  [{ ...recording, state: "waiting" as const }, "waiting for the stream, 13 segments, 2.1 GB in /srv/rec"],
  [
    { ...recording, state: "off-hours" as const, lastError: "was full" },
    "off at this time of day, 13 segments, 2.1 GB in /srv/rec",
  ],
])("what is recorded of it has a line", (given, line) => {
  expect(text({ recording: given }).split("\n")).toContain(`  recording ${line}`);
});

test("why it is not recorded at the moment is said", () => {
  const paused = text({ recording: { ...recording, state: "paused", lastError: "no space" } });
  expect(paused).toContain("paused for 1 h 0 min, 13 segments, 2.1 GB in /srv/rec; no");
});

test("each server that it is pushed to has a line", () => {
  const push: PushStatus = {
    ...{
      target: "rtmp://h/live/…",
      state: "up",
      sinceMs: nowMs - HOUR_MS,
      lagMs: 12,
      skips: 0,
      reconnects: 0,
    },
    ...{ sentBytes: 5, lastError: null, retryAtMs: null },
  };
  const refused = {
    state: "waiting",
    lastError: "NetStream.Publish.BadName",
    retryAtMs: nowMs + 4000,
  } as const;
  const pushes = [
    push,
    { ...push, skips: 2 },
    { ...push, ...refused },
    { ...push, state: "connecting" as const },
  ];
  expect(
    text({ pushes })
      .split("\n")
      .filter((line) => line.startsWith("  push")),
  ).toEqual([
    "  push      rtmp://h/live/…: up for 1 h 0 min",
    "  push      rtmp://h/live/…: up for 1 h 0 min, 2 skips",
    "  push      rtmp://h/live/…: waiting, retrying in 4 s; NetStream.Publish.BadName",
    "  push      rtmp://h/live/…: connecting",
  ]);
});

test("a stream whose address is gone is on the air, and nobody sees it", () => {
  const lastError = "192.168.1.7 is gone, or its network is down: viewers cannot reach it until it is back";
  const lines = text({ isReachable: false, lastError }).split("\n");
  expect(lines[0]).toBe("garden: on air, but unreachable: its address is gone, since THEN (2 d 2 h)");
  expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(`error ${lastError}`);
});

test("an input that is gone has a line of its own, and a long reason is wrapped at 80 columns", () => {
  const [camera] = someStatus.inputs;
  if (camera === undefined) throw new Error("some status has a camera");
  const lastError =
    'ffmpeg says "No such device": is it still plugged in? It is opened again when it is back';
  const gone = { ...camera, state: "waiting", lastError, retryAtMs: nowMs + 4000 } as const;
  const lines = text({ state: "degraded", inputs: [gone] }).split("\n");
  expect(lines[0]).toMatch(/^garden: on air, but an input is missing, since THEN/);
  const at = lines.findIndex((line) => line.startsWith("  input     cam0: waiting, retrying in 4 s; ffmpeg"));
  expect(lines[at + 1]).toMatch(/^ {12}\S.*plugged in\? It is opened again when it is back$/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("what is not known is left out, and a clock that was set back shows no negative time", () => {
  const unmeasured = { size: null, fps: null, bitrateKbps: null, keyIntervalMs: null };
  const unknown = { url: null, encoder: null, ...unmeasured, lastError: null };
  const lines = text({ ...unknown, state: "starting", inputs: [], sinceMs: nowMs + HOUR_MS }).split("\n");
  expect(lines).toEqual([
    "garden: starting, since THEN (0 s)",
    "  device    cam0",
    "  viewers   3",
    "  restarts  2",
    "  process   pid 4711, started THEN (2 d 2 h)",
    "",
  ]);
});

test("nothing that a device calls itself reaches the terminal as a control character", () => {
  expect(text({ device: "cam\u001b[2J" })).not.toContain("\u001b");
});

const [S, MIN, DAY] = [1000, 60_000, 24 * HOUR_MS];

test.each([
  [0, "0 s"],
  [1400, "1 s"],
  [1500, "2 s"],
  [59 * S, "59 s"],
  [MIN, "1 min"],
  [HOUR_MS - S, "59 min"],
  [HOUR_MS, "1 h 0 min"],
  [2 * DAY - S, "47 h 59 min"],
  [2 * DAY, "2 d 0 h"],
  [3 * DAY - S, "2 d 23 h"],
])("%d ms are %s", (spanMs, span) => {
  expect(text({ sinceMs: nowMs - spanMs })).toContain(`since THEN (${span})\n`);
});

test("a moment has two digits for each of its parts", () => {
  const atMs = new Date(2026, 0, 2, 3, 4, 5).getTime();
  expect(statusText({ ...someStatus, sinceMs: atMs }, atMs)).toContain("since 2026-01-02 03:04:05 (0 s)");
});

const deviceLines = (device: string) => text({ device }).split("\n").slice(2, 4);

test("a text is broken where a line would have more than 80 columns", () => {
  const fits = `${"a".repeat(60)} bbbbbbb`; // behind twelve columns
  expect(deviceLines(fits)[0]).toBe(`  device    ${fits}`);
  expect(deviceLines(`${fits}b`)).toEqual([`  device    ${"a".repeat(60)}`, `            bbbbbbbb`]);
});

test.each<[changes: Partial<typeof someStatus>, line: string]>([
  [{ encoderReason: null }, "  encoder   h264_vaapi"],
  [
    { encoder: "libx264", encoderReason: null, encoderLagMs: 2850 },
    "  encoder   libx264, 2.9 s behind: use a smaller --size, lower --fps or faster",
  ],
  [{ size: null }, "  video     30 fps, 2512 kbit/s, key frame every 1 s"],
  [{ fps: null }, "  video     1280x720, 2512 kbit/s, key frame every 1 s"],
  [{ bitrateKbps: null }, "  video     1280x720, 30 fps, key frame every 1 s"],
  [{ keyIntervalMs: null }, "  video     1280x720, 30 fps, 2512 kbit/s"],
  [{ keyIntervalMs: 2484 }, "  video     1280x720, 30 fps, 2512 kbit/s, key frame every 2.5 s"],
  [{ keyIntervalMs: 95_400 }, "  video     1280x720, 30 fps, 2512 kbit/s, no key frame for 95 s"],
  [{ fps: 14.96, bitrateKbps: 99.6 }, "  video     1280x720, 15 fps, 100 kbit/s, key frame every 1 s"],
  [{ fps: 12.34 }, "  video     1280x720, 12.3 fps, 2512 kbit/s, key frame every 1 s"],
  [{ inputs: someStatus.inputs.slice(0, 1) }, "  restarts  2"],
  [{ inputs: someStatus.inputs.map((input) => ({ ...input, restarts: 0 })) }, "  restarts  2"],
  [
    { inputs: someStatus.inputs.map((input) => ({ ...input, restarts: 1 })) },
    "  restarts  2 (cam0 1, mic0 1)",
  ],
])("of %j there is the line %s", (changes, line) => {
  expect(text(changes).split("\n")).toContain(line);
});

test("an input that waits for nothing, and says nothing, is told by its state", () => {
  const [camera] = someStatus.inputs;
  if (camera === undefined) throw new Error("some status has a camera");
  expect(text({ inputs: [{ ...camera, state: "starting" }] })).toContain("\n  input     cam0: starting\n");
  expect(text({ inputs: [camera] })).not.toContain("\n  input ");
});
