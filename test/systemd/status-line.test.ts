import { expect, test } from "vitest";
import { statusLine } from "../../src/systemd/status-line.ts";
import { camera, onAirStatus } from "./some-status.ts";

const lost = { ...camera, label: "microphone", state: "waiting", lastError: "mic0 is gone" } as const;

test.each([
  [{}, "on air: http://127.0.0.1:8080/live/door.flv (1280x720, libx264)"],
  [{ url: null }, "on air (1280x720, libx264)"],
  [{ size: null, encoder: null }, "on air: http://127.0.0.1:8080/live/door.flv"],
  [
    { state: "degraded", inputs: [camera, lost] },
    "on air: http://127.0.0.1:8080/live/door.flv (1280x720, libx264), without microphone: mic0 is gone",
  ],
  [{ state: "starting" }, "waiting for the first key frame of cam0"],
  [{ state: "waiting" }, "waiting for cam0"],
  [{ state: "waiting", lastError: "no camera cam0" }, "waiting for cam0: no camera cam0"],
  [{ state: "ended" }, "over"],
] as const)("a cast that is %j is told in a line", (change, line) => {
  expect(statusLine({ ...onAirStatus, ...change })).toBe(line);
});
