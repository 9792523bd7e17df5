import { expect, it } from "vitest";
import type { AudioFrame, VideoFrame } from "../../src/codec/packet.ts";
import { Meter } from "../../src/supervisor/meter.ts";

const picture: VideoFrame = {
  ...{ kind: "video-frame", codec: "h264", isKey: false, timeUs: 0 },
  nalUnits: [new Uint8Array(1000)],
};
const sound: AudioFrame = { kind: "audio-frame", codec: "aac", timeUs: 0, data: new Uint8Array(250) };

it("tells pictures and bits a second, of the last five whole seconds", () => {
  let nowMs = 0;
  const meter = new Meter(() => nowMs);
  expect([meter.fps, meter.bitrateKbps]).toEqual([null, null]);
  for (; nowMs < 20_000; nowMs += 100) meter.count([picture, sound]);
  expect([meter.fps, meter.bitrateKbps]).toEqual([10, 100]);
});

it("sinks where less comes, and ends at nothing", () => {
  let nowMs = 0;
  const meter = new Meter(() => nowMs);
  for (; nowMs < 10_000; nowMs += 100) meter.count([picture]);
  nowMs = 12_500;
  expect(meter.fps).toBeCloseTo(6, 0);
  nowMs = 60_000;
  expect(meter.fps).toBeNull();
});
