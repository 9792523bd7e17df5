import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/errors.ts";
import { demuxerOf, failureOf } from "../../src/ffmpeg/reason.ts";
import { recordedError, recordedErrors, versions } from "./recorded-errors.ts";

const { usage, deviceAbsent, deviceBusy, permission, noEncoder, brokenInput, failure: other } = exitCodes;

/** What each recorded case means: its exit code, ffmpeg's own words, and the advice, whichever version said it. */
const RECORDED: readonly (readonly [string, number, string, string])[] = [
  ["v4l2-absent", deviceAbsent, "/dev/video9: No such file or directory", "not found; check the name"],
  [
    "v4l2-unplugged-node",
    deviceAbsent,
    "/dev/video77: No such device or address",
    "not found; check the name",
  ],
  [
    "v4l2-unplugged",
    deviceAbsent,
    "ioctl(VIDIOC_DQBUF): No such device",
    "the device was unplugged; plug it in again",
  ],
  [
    "v4l2-unplugged-no-xerror",
    deviceAbsent,
    "ioctl(VIDIOC_DQBUF): No such device",
    "the device was unplugged; plug it in again",
  ],
  [
    "v4l2-no-v4l2-device",
    deviceAbsent,
    "(ffmpeg: ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device",
    "not a camera, or a virtual camera",
  ],
  ["v4l2-metadata-node", deviceAbsent, "'yuyv422' (id 1)", "not a camera, or a virtual camera"],
  [
    "v4l2-metadata-node-no-size",
    deviceAbsent,
    "(ffmpeg: ioctl(VIDIOC_G_FMT): Invalid argument",
    "not a camera, or a virtual camera",
  ],
  [
    "v4l2-loopback-without-feeder",
    deviceAbsent,
    "(ffmpeg: Not a video capture device",
    "not a camera, or a virtual camera without a source (list cameras with: flvcast devices)",
  ],
  ["v4l2-m2m-node", deviceAbsent, "(ffmpeg: Not a video capture device", "not a camera, or a virtual camera"],
  [
    "v4l2-format-not-offered",
    usage,
    "(ffmpeg: Cannot find a proper format for codec 'h264' (id 27), pixel format 'none' (id -1)",
    "the camera does not support this format or frame rate (see flvcast devices)",
  ],
  [
    "v4l2-format-unknown",
    usage,
    "(ffmpeg: No such input format: yuy2",
    "the camera does not support this format or frame rate (see flvcast devices)",
  ],
  ["v4l2-rate-unreadable", usage, "(ffmpeg: Could not parse framerate 'abc'", ""],
  [
    "v4l2-permission",
    permission,
    "/dev/video0: Permission denied",
    "permission denied; run flvcast as a user with access",
  ],
  [
    "v4l2-busy",
    deviceBusy,
    "Device or resource busy",
    "in use by another program; close that program and try again",
  ],
  [
    "v4l2-no-buffers",
    brokenInput,
    "(ffmpeg: ioctl(VIDIOC_REQBUFS): Invalid argument",
    "the camera or its driver failed",
  ],
  [
    "v4l2-start-refused",
    brokenInput,
    "(ffmpeg: ioctl(VIDIOC_STREAMON): Invalid argument",
    "the camera or its driver failed",
  ],
  [
    "v4l2-fatal-error",
    brokenInput,
    "(ffmpeg: ioctl(VIDIOC_DQBUF): Input/output error",
    "the camera or its driver failed; replug it, or use another port (details: dmesg)",
  ],
  // ALSA's own word for a card that may not be opened: device-failure.ts looks whether it is there.
  ["alsa-permission", deviceAbsent, "plughw:0,1 (No such file or directory)", "not found; check the name"],
  ["alsa-permission-hw", deviceAbsent, "hw:0,1 (No such file or directory)", "not found; check the name"],
  [
    "alsa-absent",
    deviceAbsent,
    "(ffmpeg: cannot open audio device plughw:9,0 (No such file or directory)",
    "not found; check the name",
  ],
  [
    "alsa-absent-no-home",
    deviceAbsent,
    "(ffmpeg: cannot open audio device plughw:9,0 (No such file or directory)",
    "not found; check the name",
  ],
  ["alsa-absent-hw", deviceAbsent, "hw:9 (No such file or directory)", "not found; check the name"],
  [
    "alsa-absent-name",
    deviceAbsent,
    "plughw:CARD=Webcam,DEV=0 (No such device)",
    "not found; check the name",
  ],
  ["alsa-absent-pcm", deviceAbsent, "plughw:0,7 (No such file or directory)", "not found; check the name"],
  ["alsa-unknown-word", deviceAbsent, "nosuch (No such file or directory)", "not found; check the name"],
  [
    "alsa-busy",
    deviceBusy,
    "plughw:0,1 (Device or resource busy)",
    "in use by another program; close that program and try again",
  ],
  [
    "alsa-busy-hw",
    deviceBusy,
    "hw:0,1 (Device or resource busy)",
    "in use by another program; close that program and try again",
  ],
  [
    "alsa-channels-hw",
    usage,
    "(ffmpeg: cannot set channel count to 2 (Invalid argument)",
    "the sound card does not support this format; use plughw: instead of hw: so that ALSA converts it",
  ],
  [
    "alsa-unplugged",
    deviceAbsent,
    "(ffmpeg: ALSA read error: No such device",
    "the device was unplugged; plug it in again",
  ],
  [
    "pulse-no-server",
    deviceAbsent,
    "No such process",
    "no sound server is running for this user; start PulseAudio or PipeWire",
  ],
  [
    "pulse-no-such-source",
    deviceAbsent,
    "Input/output error",
    "the sound server has no such source (list them with: flvcast devices)",
  ],
  [
    "pulse-not-allowed",
    permission,
    "Operation not permitted",
    "the sound server belongs to another user; run flvcast as that user",
  ],
  ["pulse-server-dies", deviceAbsent, "Generic error in an external library", "the sound server has exited"],
  [
    "x11grab-no-server",
    deviceAbsent,
    "(ffmpeg: Cannot open display :98, error 1",
    "cannot open the display; check DISPLAY, that an X server is running, and this user's access (xhost)",
  ],
  [
    "x11grab-not-allowed",
    permission,
    "(ffmpeg: Authorization required, but no authorization protocol specified",
    "access to the display was denied; run xhost +si:localuser:$USER",
  ],
  [
    "x11grab-outside",
    usage,
    "(ffmpeg: Capture area 1280x720 at position 0.0 outside the screen size 640x480",
    "the area lies outside the screen; choose one inside it",
  ],
  [
    "x11grab-depth-30",
    brokenInput,
    "Not yet implemented in FFmpeg, patches welcome",
    "screens with 30-bit color are not supported; start X with a depth of 24",
  ],
  ["x11grab-server-dies", deviceAbsent, "(ffmpeg: Failed to query xcb pointer", "the X server has exited"],
  [
    "not-compiled-in",
    noEncoder,
    "(ffmpeg: Unknown encoder 'h264_videotoolbox'",
    "this ffmpeg was built without the encoder; install one that has it, or choose another --encoder",
  ],
  ["amf", noEncoder, "(ffmpeg: Unknown encoder 'h264_amf'", "this ffmpeg was built without the encoder"],
  [
    "nvenc-no-driver",
    noEncoder,
    "(ffmpeg: Cannot load libcuda.so.1",
    "no NVIDIA GPU with a driver found; install the driver, or choose another --encoder",
  ],
  [
    "qsv-no-driver",
    noEncoder,
    "",
    "no Intel GPU with its media driver found; install the driver, or choose another --encoder",
  ],
  [
    "vaapi-no-node",
    noEncoder,
    "(ffmpeg: No VA display found for device /dev/dri/renderD128",
    "cannot open the GPU; check that it exists and that this user may open it (ls -l /dev/dri)",
  ],
  [
    "vaapi-permission",
    noEncoder,
    "(ffmpeg: No VA display found for device /dev/dri/renderD128",
    "cannot open the GPU; check that it exists and that this user may open it (ls -l /dev/dri)",
  ],
  ["vaapi-no-display", noEncoder, "(ffmpeg: No VA display found for device :98", ""],
  [
    "vaapi-no-driver",
    noEncoder,
    "(ffmpeg: Failed to initialise VAAPI connection: -1 (unknown libva error)",
    "the GPU's VA-API driver is missing; install it (test with: vainfo), or choose another --encoder",
  ],
  [
    "vaapi-init-fails",
    noEncoder,
    "(ffmpeg: Failed to initialise VAAPI connection: 1 (operation failed)",
    "the GPU's VA-API driver is missing",
  ],
  [
    "vaapi-config-fails",
    noEncoder,
    "encode pipeline configuration: 2 (resource allocation failed)",
    "the VA-API driver failed; update it, or choose another --encoder",
  ],
  [
    "vaapi-context-fails",
    noEncoder,
    "encode pipeline context: 2 (resource allocation failed)",
    "the VA-API driver failed",
  ],
  [
    "vaapi-encode-fails",
    noEncoder,
    "(ffmpeg: Failed to end picture encode issue: 24 (internal encoding error)",
    "the VA-API driver failed",
  ],
  [
    "vaapi-sync-fails",
    noEncoder,
    "(ffmpeg: Failed to sync surface 0x1000: 34 (HW busy now)",
    "the VA-API driver failed",
  ],
  [
    "vaapi-profile-refused",
    noEncoder,
    "(ffmpeg: No usable encoding profile found",
    "the GPU cannot encode this codec with this profile; choose another --encoder",
  ],
  [
    "v4l2m2m-none",
    noEncoder,
    "(ffmpeg: Could not find a valid device",
    "no free V4L2 encoder that this user may open (see v4l2-ctl --list-devices); choose another --encoder",
  ],
  ["v4l2m2m-fail_open", noEncoder, "(ffmpeg: Could not find a valid device", "no free V4L2 encoder"],
  ["v4l2m2m-permission", noEncoder, "(ffmpeg: Could not find a valid device", "no free V4L2 encoder"],
  [
    "v4l2m2m-fail_streamon",
    noEncoder,
    "(ffmpeg: VIDIOC_STREAMON failed on output context",
    "the encoder failed; choose another --encoder",
  ],
  [
    "decode-cuda-no-driver",
    noEncoder,
    "(ffmpeg: Cannot load libcuda.so.1",
    "no NVIDIA GPU with a driver found",
  ],
  [
    "decode-qsv-no-driver",
    noEncoder,
    "No device available for decoder: device type qsv needed for codec h264_qsv",
    "hardware decoding failed; decode on the CPU with --hwaccel none",
  ],
  ["decode-v4l2m2m-none", noEncoder, "(ffmpeg: Could not find a valid device", "no free V4L2 encoder"],
  [
    "decode-size-changed",
    other,
    "(ffmpeg: Invalid too big or non positive size for width '-100' or height '120'",
    "the video size has changed",
  ],
  ["decode-vaapi-refused", other, "the filter 'auto_scale_0'", "a filter cannot process its frames"],
  ["decode-vaapi-size-changed", other, "", ""], // ffmpeg 5 says less of it than the others
  [
    "decode-vaapi-cannot-scale",
    noEncoder,
    "(ffmpeg: Failed to create processing pipeline config: 12 (the requested VAProfile is not supported)",
    "the VA-API driver cannot scale video",
  ],
  [
    "x264-option-refused",
    noEncoder,
    "(ffmpeg: Error setting profile nosuch",
    "the encoder failed; choose another --encoder",
  ],
];

/** Captures that went on: driver-change.test.ts reads them. */
const NO_FAILURE = /^v4l2-(unknown-timestamps|driver-changed)/;

describe.each(versions)("what ffmpeg %s says when it cannot go on", (version) => {
  it("is all in the table", () => {
    const failures = [...recordedErrors(version).keys()].filter((name) => !NO_FAILURE.test(name));
    expect(failures.toSorted()).toEqual(RECORDED.map(([name]) => name).toSorted());
  });

  it.each(RECORDED)("%s ends with %i", (name, exitCode, words, advice) => {
    const { lines, args, exitCode: code } = recordedError(version, name);
    const demuxer = demuxerOf({ inputOptions: args });
    const failure = failureOf("cam0", { code, signal: null, error: null, stderr: lines }, demuxer);
    expect([failure.exitCode, failure.message]).toEqual([exitCode, expect.stringContaining(`${words})`)]);
    expect(failure.message).toMatch(/^cam0: .{1,130} \(ffmpeg: [^[]+\)$/);
    expect(failure.message).toContain(`cam0: ${advice}`);
  });
});
