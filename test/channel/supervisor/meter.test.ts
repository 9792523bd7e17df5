import { expect, it } from "vitest";
import { Meter } from "../../../src/channel/supervisor/meter.ts";
import type { AudioFrame, VideoFrame } from "../../../src/media/packet.ts";

const picture: VideoFrame = {
  ...{ kind: "video-frame", codec: "h264", isKey: false, decodeTimeUs: 0, presentationTimeUs: 0 },
  units: [new Uint8Array(1000)],
};
const sound: AudioFrame = {
  kind: "audio-frame",
  codec: "aac",
  presentationTimeUs: 0,
  data: new Uint8Array(250),
};

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

it("counts what was dropped by track", () => {
  const meter = new Meter();
  meter.countDropped("video", { damaged: 2, ignored: 1, last: "an SEI" });
  meter.countDropped("video", { damaged: 1, ignored: 0, last: "an SEI" });
  meter.countDropped("audio", { damaged: 1, ignored: 0, last: "an ADTS frame" });
  expect(meter.totals).toMatchObject({
    damagedUnits: { video: 3, audio: 1 },
    ignoredUnits: { video: 1, audio: 0 },
  });
});

it("counts all that came, and the time between key frames by the input's clock", () => {
  const meter = new Meter();
  const none = {
    videoFrames: 0,
    keyFrames: 0,
    audioFrames: 0,
    videoBytes: 0,
    audioBytes: 0,
    ...{ damagedUnits: { video: 0, audio: 0 }, ignoredUnits: { video: 0, audio: 0 } },
    keyIntervalMs: null,
  };
  expect(meter.totals).toEqual(none);
  meter.count([{ ...picture, isKey: true, decodeTimeUs: 5_000_000 }, picture, sound]);
  expect(meter.totals).toEqual({
    ...none,
    ...{
      videoFrames: 2,
      keyFrames: 1,
      audioFrames: 1,
      videoBytes: 2000,
      audioBytes: 250,
      keyIntervalMs: null,
    },
  });
  meter.count([{ ...picture, isKey: true, decodeTimeUs: 7_002_000 }]);
  expect(meter.totals).toMatchObject({ keyFrames: 2, keyIntervalMs: 2002 });
  meter.count([{ ...picture, isKey: true, decodeTimeUs: 10_000 }]); // of a process that was started again
  expect(meter.totals).toMatchObject({ keyFrames: 3, keyIntervalMs: 2002 });
  meter.count([{ ...picture, isKey: false, decodeTimeUs: 3_010_000 }]);
  expect(meter.keyIntervalMs).toBe(3000);
});

it("tells of a key frame that is the only one for ever", () => {
  const meter = new Meter();
  meter.count([{ ...picture, isKey: true, decodeTimeUs: 5_000_000 }]);
  meter.count([{ ...picture, isKey: false, decodeTimeUs: 15_000_000 }]);
  expect(meter.keyIntervalMs).toBeNull();
  meter.count([{ ...picture, isKey: false, decodeTimeUs: 100_000_000 }]);
  expect(meter.keyIntervalMs).toBe(95_000);
});
