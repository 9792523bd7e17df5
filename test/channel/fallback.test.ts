import { describe, expect, it } from "vitest";
import { type ChannelPlan, noOverrides } from "../../src/channel/channel-plan.ts";
import { fallbackAfter, NoKeyFramesError } from "../../src/channel/fallback.ts";
import { cameraSource } from "../../src/devices/camera-source.ts";
import type { Camera } from "../../src/devices/device.ts";
import type { EncoderChoice } from "../../src/encoders/choose.ts";
import { type ExitReason, UserError } from "../../src/errors.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { ReorderedPicturesError } from "../../src/media/corrupt-input.ts";
import { ForeignClockError } from "../../src/timing/input-clock.ts";

const camera: Camera = {
  ...{
    kind: "camera",
    demuxer: "v4l2",
    alias: "cam0",
    name: "HD Webcam",
    node: "/dev/video0",
    stableId: "x",
  },
  ...{ access: { isAllowed: true }, holders: [], physicalId: null, modes: [] },
};
const vaapi = {
  ...softwareEncoder,
  encoder: encoders[1] ?? softwareEncoder.encoder,
  node: "/dev/dri/renderD128",
};

function plan(copies: boolean, chosen: EncoderChoice["chosen"] | null, isAuto = true): ChannelPlan {
  const mode = { format: "h264", coding: "h264", size: null, fps: 30, slowestFps: null, copies } as const;
  const source = cameraSource(camera, mode, "driver");
  return {
    ffmpeg: { path: "ffmpeg", version: "7.1", majorVersion: 7 },
    processes: [{ source, args: [], video: null, audio: null, baseS: 0 }],
    ...{ readsStdin: false, isCopied: copies, tracks: { video: true, audio: false }, rates: {} },
    overrides: noOverrides,
    encoder: chosen && { chosen, reason: "", isFallback: false, isAuto },
  };
}

const failed = (reason: ExitReason, cause?: Error) => new UserError(reason, "cam0: it failed", { cause });

describe("a start that failed before its first key frame", () => {
  it("with a camera's B-frames is tried again, re-encoded, once", () => {
    const failure = failed("brokenInput", new ReorderedPicturesError("B"));
    const fallback = fallbackAfter(failure, plan(true, null));
    expect(fallback).toMatchObject({ overrides: { transcodes: true } });
    expect(fallbackAfter(failure, plan(false, softwareEncoder))).toBeNull();
  });

  it("with a network camera's B-frames is tried again with their times, once", () => {
    const failure = failed("brokenInput", new ReorderedPicturesError("B"));
    const seen = (reordering: "looked-at" | "presentation") => {
      const copied = plan(false, null);
      const video = { pipe: 1, encoder: null, bitrateKbps: null, fps: null, gopSeconds: null, reordering };
      const processes = copied.processes.map((process) => ({ ...process, video }));
      return fallbackAfter(failure, { ...copied, processes });
    };
    expect(seen("looked-at")).toEqual({
      overrides: { ...noOverrides, reorders: true },
      notice: "cam0 sends B-frames; reopening it to keep their timestamps",
    });
    expect(seen("presentation")).toBeNull();
  });

  it("with pipes that ffmpeg cannot write to is tried again over TCP, once", () => {
    const failure = new UserError(
      "failure",
      "test: this ffmpeg cannot write (ffmpeg: pipe:3: Bad file descriptor)",
    );
    const fallback = fallbackAfter(failure, plan(false, softwareEncoder));
    expect(fallback?.overrides).toEqual({ ...noOverrides, through: "loopback" });
    const overrides = fallback?.overrides ?? noOverrides;
    expect(fallbackAfter(failure, { ...plan(false, softwareEncoder), overrides })).toBeNull();
  });

  it("with a driver's strange clock is tried again with the time of arrival, once", () => {
    const failure = failed("brokenInput", new ForeignClockError("its clock is 5000 s off the system's"));
    const fallback = fallbackAfter(failure, plan(false, softwareEncoder));
    expect(fallback?.overrides.stampedBy).toBe("arrival");
    expect(
      fallbackAfter(failure, {
        ...plan(false, softwareEncoder),
        overrides: fallback?.overrides ?? noOverrides,
      }),
    ).toBeNull();
  });

  it("with a strange clock that is no V4L2 driver's is not tried again", () => {
    const failure = failed("brokenInput", new ForeignClockError("its clock is 5000 s off the system's"));
    const elsewhere = plan(false, softwareEncoder);
    const processes = elsewhere.processes.map(({ source, ...rest }) => ({
      ...rest,
      source: { ...source, device: { ...camera, demuxer: "dshow" as const } },
    }));
    expect(fallbackAfter(failure, { ...elsewhere, processes })).toBeNull();
  });

  it.each<ExitReason>(["noEncoder", "failure", "brokenInput"])(
    "with %s is tried again without the hardware encoder that auto took",
    (reason) => {
      const fallback = fallbackAfter(failed(reason), plan(false, vaapi));
      expect(fallback?.overrides.brokenEncoders).toEqual([vaapi]);
      expect(fallback?.notice).toBe(
        "h264_vaapi passed its test but then failed; trying another encoder (cam0: it failed)",
      );
    },
  );

  it.each<[string, ChannelPlan, ExitReason]>([
    ["the device is away", plan(false, vaapi), "deviceAbsent"],
    ["the device is in use", plan(false, vaapi), "deviceBusy"],
    ["the encoder was asked for by name", plan(false, vaapi, false), "noEncoder"],
    ["the encoder needs no hardware", plan(false, softwareEncoder), "noEncoder"],
  ])("fails for good where %s", (_, failing, reason) => {
    expect(fallbackAfter(failed(reason), failing)).toBeNull();
  });
});

function decoded(decoding: "gpu-frames" | "gpu", isAuto = true): ChannelPlan {
  const base = plan(false, vaapi, isAuto);
  const video = {
    ...{ pipe: 1, encoder: "h264_vaapi", bitrateKbps: 2500, fps: 30, gopSeconds: 1, decoding },
  };
  return { ...base, processes: base.processes.map((process) => ({ ...process, video })) };
}

describe("a start that failed while the encoder's chip decoded", () => {
  const failure = new UserError("noEncoder", "cam0: the driver failed; update it (ffmpeg: no)");

  it.each([true, false])(
    "is retried with frames in main memory, then on the CPU, then like other failures (%s)",
    (auto) => {
      const first = fallbackAfter(failure, decoded("gpu-frames", auto));
      expect(first).toEqual({
        overrides: { ...noOverrides, decoding: "gpu" },
        notice: "hardware decoding failed (cam0: no); copying frames through main memory instead",
      });
      const second = fallbackAfter(failure, decoded("gpu", auto));
      expect(second).toEqual({
        overrides: { ...noOverrides, decoding: "cpu" },
        notice:
          "hardware decoding failed (cam0: no); decoding on the CPU instead (--hwaccel none skips this attempt)",
      });
      const third = fallbackAfter(failure, plan(false, vaapi, auto));
      expect(third?.overrides.brokenEncoders ?? null).toEqual(auto ? [vaapi] : null);
    },
  );

  it("is tried on the CPU at once where the start's time was over", () => {
    expect(fallbackAfter(failed("notReady"), decoded("gpu-frames"))?.overrides.decoding).toBe("cpu");
  });

  it.each<ExitReason>(["deviceAbsent", "deviceBusy", "permission", "usage"])(
    "is not tried again where the input is to blame: %s",
    (reason) => expect(fallbackAfter(failed(reason), decoded("gpu-frames"))).toBeNull(),
  );
});

it("a camera's own H.264 without any key frame is encoded, but not where --copy asks for it", () => {
  const failure = new UserError("brokenInput", "cam0: none", { cause: new NoKeyFramesError() });
  const starting = (gopSeconds: number | null) => {
    const video = { pipe: 1, encoder: null, bitrateKbps: null, fps: 30, gopSeconds };
    const copied = plan(true, null);
    return fallbackAfter(failure, {
      ...copied,
      processes: copied.processes.map((process) => ({ ...process, video })),
    });
  };
  expect(starting(1)?.overrides).toEqual({ ...noOverrides, transcodes: true });
  expect(starting(null)).toBeNull();
});
