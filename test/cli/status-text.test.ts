import { expect, test } from "vitest";
import { statusText } from "../../src/cli/status-text.ts";
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
    "  picture   1280x720, 30 fps, 2512 kbit/s",
    "  viewers   3",
    "  restarts  2 (cam0 2)",
    "  error     cam0 was unplugged",
    "  process   pid 4711, started THEN (2 d 2 h)",
    "",
  ]);
});

test("a stream whose address is gone is on the air, and nobody sees it", () => {
  const lastError = "192.168.1.7 is gone, or its network is down: viewers cannot reach it until it is back";
  const lines = text({ isReachable: false, lastError }).split("\n");
  expect(lines[0]).toBe("garden: on air, but its address is gone, since THEN (2 d 2 h)");
  expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(`error ${lastError}`);
});

test("an input that is gone has a line of its own, and a long reason is wrapped at 80 columns", () => {
  const [camera] = someStatus.inputs;
  if (camera === undefined) throw new Error("some status has a camera");
  const lastError =
    "ffmpeg says «No such device»: is it still plugged in? It is opened again when it is back";
  const gone = { ...camera, state: "waiting", lastError, retryAtMs: nowMs + 4000 } as const;
  const lines = text({ state: "degraded", inputs: [gone] }).split("\n");
  expect(lines[0]).toMatch(/^garden: on air, with an input missing, since THEN/);
  const at = lines.findIndex((line) =>
    line.startsWith("  input     cam0: waiting, tried again in 4 s; ffmpeg"),
  );
  expect(lines[at + 1]).toMatch(/^ {12}\S.*plugged in\? It is opened again when it is back$/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("what is not known is left out, and a clock that was set back shows no negative time", () => {
  const unknown = { url: null, encoder: null, size: null, fps: null, bitrateKbps: null, lastError: null };
  const lines = text({ ...unknown, state: "starting", inputs: [], sinceMs: nowMs + HOUR_MS }).split("\n");
  expect(lines).toEqual([
    "garden: starting: nothing to watch yet, since THEN (0 s)",
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
