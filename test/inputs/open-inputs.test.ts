import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asDetected } from "../../src/devices/media.ts";
import { parseAudioSpec, parseDeviceSpec } from "../../src/devices/spec.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";
import { noFilters } from "../../src/ffmpeg/video-filters.ts";
import { type InputContext, type InputSettings, openInputs } from "../../src/inputs/inputs.ts";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";
import { machine } from "./webcam.ts";

const folder = mkdtempSync(join(tmpdir(), "flvcast-inputs-"));
const clip = join(folder, "clip.mp4");
writeFileSync(clip, "clip");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VIDEO = "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps";
const AUDIO = "  Stream #0:1: Audio: aac (LC), 48000 Hz, stereo, fltp";

/** What the fake ffmpeg lists of any file. */
function listing(...streams: readonly string[]): void {
  const lines = ["Input #0, mov, from 'it':", "  Duration: 00:00:02.00, start: 0.000000", ...streams];
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify([...lines.map((stderr) => ({ stderr })), { exit: 1 }]));
}
beforeEach(() => listing(VIDEO, AUDIO));
afterEach(() => vi.unstubAllEnvs());

const context: InputContext = {
  ffmpeg: {
    path: fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url)),
    ...{ version: "7.1", majorVersion: 7 },
  },
  machine: { ...machine, env: { ...machine.env, CONFIGURATION_DIRECTORY: folder } },
  ...{ stampedBy: "driver", mayCopy: true, mayPass: true },
};

/** Each input that `--device` and `--audio` name, and what of it is wanted. */
async function opened(
  device: string,
  audio: string,
  more: Partial<InputSettings> = {},
): Promise<readonly string[]> {
  const spec = parseAudioSpec(audio);
  if (spec === null) throw new Error(`${audio} has no sound`);
  const settings: InputSettings = {
    ...{ device: parseDeviceSpec(device), audio: spec, loop: false, inputFormat: null, controls: [] },
    ...{ how: asDetected, tracks: anyTracks, audioCodec: "auto" },
    ...{ video: { size: null, fps: null, filters: noFilters }, readyTimeoutMs: 60_000 },
    ...more,
  };
  const inputs = await openInputs(settings, context);
  return inputs.map(({ source, wanted }) => {
    const tracks = (["video", "audio"] as const).filter((track) => wanted[track]);
    return `${source.label}: ${tracks.join(" and ")}`;
  });
}

describe("--device and --audio", () => {
  it.each([
    ["test", "auto", ["test: video and audio"]],
    ["test", "none", ["test: video"]],
    ["test", "mic0", ["test: video", "mic0: audio"]],
    ["test", "test", ["test: video", "test: audio"]],
    ["cam0", "auto", ["cam0: video and audio", "mic1: audio"]],
    ["cam0", "none", ["cam0: video"]],
    ["cam0", "mic0", ["cam0: video", "mic0: audio"]],
    ["mic0", "auto", ["mic0: video and audio"]],
    [clip, "auto", [`${clip}: video and audio`]],
    [clip, "none", [`${clip}: video`]],
    ["test", clip, ["test: video", `${clip}: audio`]],
    ["-", "none", []],
    ["-", "auto", []],
    ["-", "mic0", ["mic0: audio"]],
  ])("%s and %s are opened as %j", async (device, audio, inputs) => {
    expect(await opened(device, audio)).toEqual(inputs);
  });

  it.each([
    ["mic0", "none", "usage", "mic0 has audio only; remove --audio"],
    ["mic0", "mic1", "usage", "mic0 has audio only; remove --audio"],
    ["test", clip, "brokenInput", `--audio ${clip} has no audio; choose another source, or remove --audio`],
  ])("%s and %s are refused", async (device, audio, reason, message) => {
    listing(VIDEO);
    await expect(opened(device, audio)).rejects.toMatchObject({ reason, message });
  });

  it("are refused together with the controls of a camera where none is", async () => {
    const controls = [{ name: "gain", value: "5" }];
    await expect(opened("test", "none", { controls })).rejects.toThrow(/^--control works only with cameras/);
    await expect(opened("test", "none", { controls: [] })).resolves.toEqual(["test: video"]);
  });
});

it("what was opened first is closed where the other cannot be opened", async () => {
  const close = vi.spyOn(PipeFeed.prototype, "close");
  await expect(opened("cam9", "/dev/null")).rejects.toMatchObject({ reason: "deviceAbsent" });
  expect(close).toHaveBeenCalledTimes(1);
});
