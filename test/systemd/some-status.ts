import type { InputStatus, StreamStatus } from "../../src/status.ts";

export const camera: InputStatus = {
  name: "camera",
  label: "camera",
  state: "running",
  restarts: 0,
  stalls: 0,
  lastError: null,
  reason: null,
  retryAtMs: null,
  silentTracks: [],
  maxSilenceMs: 5000,
  lastFrameMs: 1000,
};

/** A camera with its microphone that can be watched. */
export const onAirStatus: StreamStatus = {
  name: "door",
  state: "on-air",
  isOnDemand: false,
  sinceMs: 500,
  startedMs: 0,
  pid: 1234,
  url: "http://127.0.0.1:8080/live/door.flv",
  pageUrl: "http://127.0.0.1:8080/watch/door",
  urls: ["http://127.0.0.1:8080/live/door.flv"],
  isReachable: true,
  device: "cam0",
  inputs: [camera, { ...camera, label: "microphone" }],
  encoder: "libx264",
  encoderReason: "libx264: the only one that works here",
  codecs: ["avc1.42c01f"],
  size: "1280x720",
  fps: 30,
  keyIntervalMs: 1000,
  encoderLagMs: null,
  bitrateKbps: 2500,
  restarts: 0,
  ...{ damagedUnits: 0, ignoredUnits: 0 },
  viewers: 2,
  lastError: null,
  reason: null,
};
