import { expect, test } from "vitest";
import { statusTable } from "../../src/cli/status-table.ts";
import type { RecordingStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

const nowMs = someStatus.sinceMs + 125 * 60_000;
const streams = [
  { ...someStatus, fps: 29.97, bitrateKbps: 2511.6 },
  { ...someStatus, name: "a-long-name", state: "starting", url: null, fps: null, bitrateKbps: null },
  { ...someStatus, name: "gone", isReachable: false, viewers: 1234 },
] as const;

test("each stream is a line, with its numbers below each other", () => {
  expect(statusTable(streams, nowMs, undefined)).toBe(
    [
      "NAME         STATE        SINCE      VIEWERS  FPS  KBIT/S  URL",
      "garden       on air       2 h 5 min        3   30    2512  http://127.0.0.1:8080/live/garden.flv",
      "a-long-name  starting     2 h 5 min        3    -       -  -",
      `gone         unreachable  2 h 5 min     1234   30    ${Math.round(someStatus.bitrateKbps ?? 0)}  http://127.0.0.1:8080/live/garden.flv`,
      "",
    ].join("\n"),
  );
});

test("on a terminal that is too narrow, the URLs stand below", () => {
  const lines = statusTable(streams, nowMs, 80).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "NAME         STATE        SINCE      VIEWERS  FPS  KBIT/S",
    "garden       on air       2 h 5 min        3   30    2512",
    "  http://127.0.0.1:8080/live/garden.flv",
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("where one is recorded, a column says which", () => {
  const recording: RecordingStatus = {
    ...{ state: "recording", sinceMs: nowMs, folder: "/rec", segment: null, lagMs: 0, skips: 0 },
    ...{ bytes: 0, segments: 0, freeBytes: null, lastError: null },
  };
  const all = [
    { ...someStatus, recording },
    { ...someStatus, recording: { ...recording, state: "paused" } },
    { ...someStatus, recording: { ...recording, state: "waiting" } },
    someStatus,
  ] as const;
  const cells = statusTable(all, nowMs, undefined)
    .split("\n")
    .map((line) => line.split(/ {2,}/).at(-2));
  expect(cells).toEqual(["REC", "on", "paused", "off", "-", undefined]);
});
