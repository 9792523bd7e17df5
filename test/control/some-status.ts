import type { StreamStatus } from "../../src/status.ts";

/** A stream that is on the air, with all there is to tell. */
export const someStatus: StreamStatus = {
  name: "garden",
  state: "on-air",
  sinceMs: 1_777_600_000_000,
  startedMs: 1_777_600_000_000,
  pid: 4711,
  url: "http://127.0.0.1:8080/live/garden.flv",
  device: "cam0",
  inputs: [
    {
      label: "cam0",
      state: "running",
      restarts: 2,
      stalls: 1,
      lastError: null,
      retryAtMs: null,
      lastFrameMs: 1_777_600_100_000,
    },
    {
      label: "mic0",
      state: "running",
      restarts: 0,
      stalls: 0,
      lastError: null,
      retryAtMs: null,
      lastFrameMs: null,
    },
  ],
  encoder: "h264_vaapi",
  encoderReason: "the first that works here",
  codecs: ["avc1.42c01f", "mp4a.40.2"],
  size: "1280x720",
  fps: 29.97,
  bitrateKbps: 2512.3,
  restarts: 2,
  viewers: 3,
  lastError: "cam0 was unplugged",
};
