import { describe, expect, it } from "vitest";
import { type DeviceName, parseAudioSpec, parseDeviceSpec } from "../../src/devices/spec.ts";
import { type DeviceOptions, openDevice, openMicrophoneOf } from "../../src/inputs/open-device.ts";
import { options } from "./webcam.ts";

/** What `--device` names, as far as it is a device of this machine. */
function main(text: string): DeviceName {
  const spec = parseDeviceSpec(text);
  if (spec.kind !== "named" && spec.kind !== "file") throw new Error(`${text} is no device`);
  return spec;
}

/** The same of `--audio`. */
function sound(text: string): DeviceName {
  const spec = parseAudioSpec(text);
  if (spec === null || typeof spec === "string" || !("kinds" in spec))
    throw new Error(`${text} is no microphone`);
  return spec;
}

/** How ffmpeg would open it, from its demuxer's name on. */
async function opened(name: DeviceName, how: Partial<DeviceOptions> = {}): Promise<string> {
  const { inputOptions, url } = await openDevice(name, { ...options, ...how });
  return [...inputOptions.slice(inputOptions.indexOf("-f")), url].join(" ");
}

const WEBCAM = "-f v4l2 -timestamps abs -input_format mjpeg -video_size 640x480 -framerate 30 /dev/video0";

describe("a device of this machine", () => {
  it.each([
    "cam0",
    "/dev/video0",
    "/dev/v4l/by-id/usb-Maker_HD_Webcam_1234-video-index0",
    "usb-Maker_HD_Webcam_1234-video-index0",
    "HD Webcam",
    "webc",
  ])("is opened by %s", async (text) => {
    expect(await opened(main(text))).toBe(WEBCAM);
  });

  it("is opened by its pin's name, wherever it is plugged in", async () => {
    const pins = [{ name: "door", stableId: "/dev/v4l/by-id/usb-Maker_HD_Webcam_1234-video-index0" }];
    expect(await opened(main("door"), { pins })).toBe(WEBCAM);
  });

  it("that is pinned and away is an error, and never another in its place", async () => {
    const pins = [{ name: "door", stableId: "/dev/v4l/by-id/usb-Other-video-index0" }];
    await expect(openDevice(main("door"), { ...options, pins })).rejects.toMatchObject({
      reason: "deviceAbsent",
      message: expect.stringContaining('"door" is pinned to /dev/v4l/by-id/usb-Other-video-index0') as string,
    });
  });

  it.each([
    ["mic0", "-f alsa -sample_rate 48000 plughw:0,0"],
    ["mic1", "-f alsa -sample_rate 48000 plughw:1,0"],
    ["hw:1,0", "-f alsa -sample_rate 48000 plughw:1,0"],
    ["webcam", "-f alsa -sample_rate 48000 plughw:1,0"],
    ["hw:Loopback,1,0", "-f alsa -sample_rate 48000 hw:Loopback,1,0"],
    ["default", "-f alsa -sample_rate 48000 default"],
  ])("gives its sound as --audio %s", async (text, expected) => {
    expect(await opened(sound(text))).toBe(expected);
  });

  it("that the list does not have is left to ffmpeg, which knows what is wrong with it", async () => {
    expect(await opened(main("/dev/video7"))).toBe("-f v4l2 -timestamps abs /dev/video7");
  });

  it.each([
    ["cam7", /^camera "cam7" not found; available: cam0 "HD Webcam" \(\/dev\/video0\), cam1 "Grabber"/],
    ["/dev/video9", /^camera "\/dev\/video9" not found; available: cam0/],
    ["Nikon", /^camera "Nikon" not found; available: cam0/],
  ])("%s that is not there is answered with what is", async (text, message) => {
    await expect(openDevice(main(text), options)).rejects.toMatchObject({
      reason: "deviceAbsent",
      message: expect.stringMatching(message) as string,
    });
  });

  it("whose microphone is not there is answered with microphones", async () => {
    await expect(openDevice(sound("mic9"), options)).rejects.toThrow(
      /^microphone "mic9" not found; available: mic0 /,
    );
  });

  it.each(["cam0", "door", "/dev/video0"])("that is a camera has no sound of its own: %s", async (text) => {
    const pins = [{ name: "door", stableId: "/dev/v4l/by-id/usb-Maker_HD_Webcam_1234-video-index0" }];
    await expect(openDevice(sound(text), { ...options, pins })).rejects.toMatchObject({
      reason: "deviceAbsent",
      message: `"${text}" is a camera without audio of its own: cam0 "HD Webcam" (/dev/video0); use a microphone (list them with: flvcast devices)`,
    });
  });

  it("that is no microphone is not opened for its sound", async () => {
    const name = { text: "/dev/video7", kinds: ["microphone"] } as const;
    await expect(openDevice(name, options)).rejects.toMatchObject({ reason: "deviceAbsent" });
  });

  it("that this user may not open is told with the command that mends it", async () => {
    await expect(openDevice(main("Grabber"), options)).rejects.toMatchObject({
      reason: "permission",
      message: expect.stringMatching(/^cam1: .*\/dev\/video2.*usermod -aG video kim/) as string,
    });
  });

  it("is told in a format that it does not have what it has", async () => {
    await expect(
      openDevice(main("cam0"), { ...options, mode: { ...options.mode, inputFormat: "nv12" } }),
    ).rejects.toThrow(
      /^cam0 does not support the format "nv12"; it offers mjpeg \(details: flvcast devices\)$/,
    );
  });

  it("stamped by its arrival keeps the driver's clock out of it", async () => {
    const { inputOptions } = await openDevice(main("cam0"), { ...options, stampedBy: "arrival" });
    expect(inputOptions.join(" ")).toContain("-use_wallclock_as_timestamps 1 -f v4l2 -input_format");
  });
});

describe("a camera's own microphone", () => {
  it("is the one in the same case", async () => {
    const { device } = await openDevice(main("cam0"), options);
    if (device?.kind !== "camera") throw new Error("no camera");
    expect((await openMicrophoneOf(device, options))?.url).toBe("plughw:1,0");
  });

  it("is none where nobody can tell what is in its case", async () => {
    const { device } = await openDevice(main("/dev/video7"), options);
    if (device?.kind !== "camera") throw new Error("no camera");
    expect(await openMicrophoneOf(device, options)).toBeNull();
  });
});
