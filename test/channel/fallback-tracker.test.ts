import { describe, expect, it, vi } from "vitest";
import { noOverrides } from "../../src/channel/channel-plan.ts";
import { FallbackTracker } from "../../src/channel/fallback-tracker.ts";
import type { EndedRun } from "../../src/channel/supervisor/input.ts";
import { mediaSource, urlMedia } from "../../src/devices/media.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import { UserError } from "../../src/errors.ts";
import { encoders } from "../../src/ffmpeg/encoder-table.ts";
import type { LogEvent } from "../../src/log.ts";
import type { VideoFrame } from "../../src/media/packet.ts";
import { cacheFolder } from "../cache-folder.ts";

const [vaapiEncoder] = encoders.filter(({ hardware }) => hardware.kind !== "none");
if (vaapiEncoder === undefined) throw new Error("no hardware encoder in the table");
const choice = {
  chosen: { encoder: vaapiEncoder, node: "/dev/dri/renderD128", profile: "high" },
  ...{ reason: "", isFallback: false, isAuto: true },
} as const;

const run: EndedRun = {
  plan: {
    source: testSource({ wanted: { video: true, audio: false }, size: null, fps: null }),
    args: [],
    video: { pipe: 1, encoder: vaapiEncoder.name, bitrateKbps: null, fps: 30, gopSeconds: 1 },
    ...{ audio: null, baseS: 0 },
  },
  failure: new UserError("failure", "cam0: it ended"),
  ...{ isStall: false, isAsked: false, sentFrames: true, ranMs: 5000 },
};

const begin = (onNotice: (event: LogEvent) => void = () => undefined) =>
  new FallbackTracker(noOverrides, new EncoderCache(cacheFolder), onNotice);

it("an encoder that failed twice is left out", () => {
  const school = begin();
  expect(school.learn(run, choice)).toBe(noOverrides);
  expect(school.learn(run, choice).brokenEncoders).toEqual([choice.chosen]);
});

const decoded = (decoding?: "gpu-frames" | "gpu"): EndedRun => ({
  ...run,
  plan: { ...run.plan, video: run.plan.video && { ...run.plan.video, ...(decoding && { decoding }) } },
});

describe("hardware decoding", () => {
  const text = "hardware decoding failed (cam0: it ended); ";

  it("has its frames in main memory after one failure, as after a change of size", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    expect(tracker.learn(decoded("gpu-frames"), choice)).toEqual({ ...noOverrides, decoding: "gpu" });
    expect(events).toMatchObject([
      { event: "fallback", text: `${text}copying frames through main memory instead` },
    ]);
  });

  it.each([true, false])("is left out after two failures, before the encoder is (auto: %s)", (isAuto) => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    const chosen = { ...choice, isAuto };
    expect(tracker.learn(decoded("gpu"), chosen)).toBe(noOverrides);
    const onCpu = { ...noOverrides, decoding: "cpu" };
    expect(tracker.learn(decoded("gpu"), chosen)).toEqual(onCpu);
    tracker.learn(decoded(), chosen);
    expect(tracker.learn(decoded(), chosen).brokenEncoders).toEqual(isAuto ? [choice.chosen] : []);
    expect(events.map((event) => event.event)).toEqual(
      isAuto ? ["fallback", "encoder-disabled"] : ["fallback"],
    );
  });

  it("is taken back where the CPU was as silent: it was the device", () => {
    const tracker = begin();
    const silent = { isStall: true, sentFrames: false };
    for (const stall of [1, 2]) {
      const { decoding } = tracker.learn({ ...decoded("gpu"), ...silent }, choice);
      expect(decoding).toBe(stall === 1 ? "gpu-frames" : "cpu");
    }
    expect(tracker.learn({ ...decoded(), ...silent }, choice)).toEqual(noOverrides);
  });

  it("has nothing to do with a network that is away", () => {
    const tracker = begin();
    const failure = new UserError("deviceAbsent", "cam0: it is away");
    for (const decoding of ["gpu-frames", "gpu", "gpu"] as const)
      expect(tracker.learn({ ...decoded(decoding), failure }, choice)).toBe(noOverrides);
  });

  it("that ffmpeg leaves to the CPU is said once, and not asked for again", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    for (const _ of [1, 2]) tracker.refused("cam0", "Failed setup for format vaapi");
    expect(events).toEqual([
      {
        ...{ level: "notice", event: "fallback", fields: { input: "cam0" } },
        text: "cam0: the encoder's hardware cannot decode it; decoding on the CPU instead (ffmpeg: Failed setup for format vaapi)",
      },
    ]);
    expect(tracker.learn({ ...decoded("gpu"), isAsked: true }, choice).decoding).toBe("cpu");
  });
});

it("an encoder is taken back where the next one is as silent: it was the device", () => {
  const school = begin();
  for (let failures = 0; failures < 2; failures++) school.learn(run, choice);
  expect(school.learn({ ...run, sentFrames: false }, choice).brokenEncoders).toEqual([]);
});

it("an encoder is not to blame where somebody wanted the input to restart", () => {
  const school = begin();
  for (let restart = 0; restart < 10; restart++) {
    expect(school.learn({ ...run, isAsked: true }, choice)).toBe(noOverrides);
  }
});

/** A minute at this rate, with a key frame after 30 frames. */
function minute(fps: number): readonly VideoFrame[] {
  return Array.from({ length: 60 * fps }, (_, frame) => {
    const timeUs = (frame * 1e6) / fps;
    const when = { decodeTimeUs: timeUs, presentationTimeUs: timeUs };
    return { kind: "video-frame", codec: "h264", isKey: frame % 30 === 0, ...when, units: [] };
  });
}

const ignore = () => undefined;

describe("key frames that come late", () => {
  const asked = { ...run, isAsked: true };

  it("are said once, and counted by the measured rate whenever the input begins again", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    tracker.watch(run.plan, ignore, ignore)([...minute(10), ...minute(5)]);
    expect(events).toEqual([
      {
        ...{ level: "warning", event: "key-frames-late" },
        text: "test: at 10 fps, h264_nvenc makes key frames 3.0 s apart instead of 1 s; corrected at the next restart",
        fields: { input: "test", encoder: "h264_nvenc", intervalMs: 3000, fps: 10 },
      },
    ]);
    const late = { encoder: "h264_nvenc", fps: expect.closeTo(5, 1) };
    expect(tracker.learn(asked, choice).lateKeyFrames).toEqual(late);
    expect(tracker.learn(run, choice).lateKeyFrames).toEqual(late);
    expect(tracker.learn(run, choice)).toMatchObject({
      lateKeyFrames: late,
      brokenEncoders: [choice.chosen],
    });
  });

  it("are no news to the next run at the same rate, and are at a lower one", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    for (const fps of [10, 10, 9.5, 14]) tracker.watch(run.plan, ignore, ignore)(minute(fps));
    expect(events).toHaveLength(1);
    tracker.watch(run.plan, ignore, ignore)(minute(5));
    expect(events).toHaveLength(2);
    expect(tracker.learn(asked, choice).lateKeyFrames?.fps).toBeCloseTo(5);
  });

  it("are the camera's own where its H.264 passes through", () => {
    const copied = { pipe: 1, encoder: null, bitrateKbps: null, fps: 30, gopSeconds: null };
    const tracker = begin();
    tracker.watch({ ...run.plan, video: copied }, ignore, ignore)(minute(5));
    expect(tracker.learn(asked, null)).toBe(noOverrides);
  });

  it("of another encoder do not make the camera any faster", () => {
    const tracker = begin();
    tracker.watch(run.plan, ignore, ignore)(minute(5));
    const video = run.plan.video && { ...run.plan.video, encoder: "h264_qsv" };
    tracker.watch({ ...run.plan, video }, ignore, ignore)(minute(10));
    expect(tracker.learn(asked, choice).lateKeyFrames).toEqual({
      ...{ encoder: "h264_qsv", fps: expect.closeTo(5, 1) },
    });
  });

  it("of what goes out as it comes are said once, from 10 s on", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    const copied = { pipe: 1, encoder: null, bitrateKbps: null, fps: 30, gopSeconds: null };
    tracker.watch({ ...run.plan, video: copied }, ignore, ignore)(minute(3.1));
    expect(events).toEqual([]);
    for (let time = 0; time < 2; time++)
      tracker.watch({ ...run.plan, video: copied }, ignore, ignore)(minute(2));
    expect(events).toMatchObject([
      {
        ...{ level: "warning", event: "key-frames-late" },
        text: "test sends key frames more than 10 s apart, so new viewers may have to wait for one (--key-wait); set a key frame interval (GOP) of 1 to 2 s in the camera, or remove --copy",
        fields: { input: "test", intervalMs: 10_500, fps: 2 },
      },
    ]);
    expect(tracker.learn(asked, null)).toBe(noOverrides);
  });

  it("of a camera's own H.264 have it encoded from a new process on, which is started once", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    const restart = vi.fn<() => void>();
    const own = { ...run.plan, video: { pipe: 1, encoder: null, bitrateKbps: null, fps: 30, gopSeconds: 1 } };
    tracker.watch(own, ignore, restart)([...minute(15), ...minute(12.1)]); // 2 s and 2.48 s apart
    expect(restart).not.toHaveBeenCalled();
    tracker.watch(own, ignore, restart)(minute(30 / 8)); // as a C920 has them
    expect(restart).toHaveBeenCalledTimes(1);
    expect(events).toMatchObject([
      {
        event: "fallback",
        text: "test: key frames in the camera's own H.264 are 7.7 s apart or more; re-encoding it (--copy keeps it as it is)",
      },
    ]);
    expect(tracker.learn(asked, null)).toEqual({ ...noOverrides, transcodes: true });
  });

  it("of a camera's own H.264 are no reason where one is lost now and then", () => {
    const tracker = begin();
    const restart = vi.fn<() => void>();
    const own = { ...run.plan, video: { pipe: 1, encoder: null, bitrateKbps: null, fps: 30, gopSeconds: 1 } };
    const damaged = minute(15).map((frame, at) => (at % 120 === 30 ? { ...frame, isKey: false } : frame));
    tracker.watch(own, ignore, restart)(damaged);
    expect(restart).not.toHaveBeenCalled();
  });
});

/** Half a minute at half the speed. */
function slow(onPackets: ReturnType<FallbackTracker["watch"]>): void {
  for (const frame of minute(30).slice(0, 900)) onPackets([frame], 2 * frame.decodeTimeUs);
}

describe("video that is encoded too slowly", () => {
  const url = mediaSource(urlMedia("http://cam/live.ts", "cam", 7), {
    ...{ demuxer: "mpegts", hasDuration: false, audios: [] },
    videos: [{ index: 0, codec: "h264", size: { width: 640, height: 480 }, fps: 30, programs: [] }],
  });

  it("is said with what to do, and stands in the status", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    slow(tracker.watch(run.plan, ignore, ignore));
    expect(events).toMatchObject([
      {
        ...{ level: "warning", event: "encoder-slow" },
        text: `test: video is 9.2 s late because ${vaapiEncoder.name} cannot keep up; use a smaller --size, a lower --fps, or a faster --encoder (flvcast encoders)`,
      },
    ]);
    expect(tracker.lagMs).toBeGreaterThan(9000);
    tracker.watch(run.plan, ignore, ignore);
    expect(tracker.lagMs).toBeNull();
  });

  it("of a live input is decoded with two threads first, from a new process on", () => {
    const events: LogEvent[] = [];
    const tracker = begin((event) => events.push(event));
    const restart = vi.fn<() => void>();
    slow(tracker.watch({ ...run.plan, source: url }, ignore, restart));
    expect(restart).toHaveBeenCalledTimes(1);
    expect(tracker.learn({ ...run, isAsked: true }, choice).decodingThreads).toBe(2);
    for (let time = 0; time < 2; time++) slow(tracker.watch({ ...run.plan, source: url }, ignore, restart));
    expect(events[0]).toMatchObject({
      event: "fallback",
      text: "cam: video is 9.2 s late; decoding with 2 threads from now on",
    });
    expect(events.at(-1)?.event).toBe("encoder-slow");
  });

  it("hands on when packets came, for whoever tells time by that", () => {
    const onPackets = vi.fn<(packets: readonly VideoFrame[], arrivalUs?: number) => void>();
    begin().watch(
      run.plan,
      (packets, arrivalUs) => onPackets(packets as VideoFrame[], arrivalUs),
      ignore,
    )([], 7);
    expect(onPackets).toHaveBeenCalledWith([], 7);
  });
});
