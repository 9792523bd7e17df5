import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/errors.ts";
import { demuxerOf, failureOf } from "../../src/ffmpeg/reason.ts";
import { recordedError, recordedErrors, versions } from "./recorded-errors.ts";

const { usage, deviceAbsent, deviceBusy, permission, noEncoder, brokenInput, failure: other } = exitCodes;

/** What each recorded case means, and the end of the line that the user reads, whichever version said it. */
const RECORDED: readonly (readonly [string, number, string])[] = [
  ["v4l2-absent", deviceAbsent, "/dev/video9: No such file or directory»: is it there, and its name right?"],
  [
    "v4l2-unplugged-node",
    deviceAbsent,
    "/dev/video77: No such device or address»: is it there, and its name right?",
  ],
  [
    "v4l2-unplugged",
    deviceAbsent,
    "ioctl(VIDIOC_DQBUF): No such device»: it was unplugged: plug it in again",
  ],
  [
    "v4l2-unplugged-no-xerror",
    deviceAbsent,
    "ioctl(VIDIOC_DQBUF): No such device»: it was unplugged: plug it in again",
  ],
  [
    "v4l2-no-v4l2-device",
    deviceAbsent,
    "«ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device»: no camera is there",
  ],
  ["v4l2-metadata-node", deviceAbsent, "'yuyv422' (id 1)»: no camera is there"],
  ["v4l2-metadata-node-no-size", deviceAbsent, "«ioctl(VIDIOC_G_FMT): Invalid argument»: no camera is there"],
  [
    "v4l2-loopback-without-feeder",
    deviceAbsent,
    "«Not a video capture device»: no camera is there (a virtual one is a camera only while something feeds it): list them with: flvcast devices",
  ],
  ["v4l2-m2m-node", deviceAbsent, "«Not a video capture device»: no camera is there"],
  [
    "v4l2-format-not-offered",
    usage,
    "«Cannot find a proper format for codec 'h264' (id 27), pixel format 'none' (id -1)»: see the formats and rates that it offers with: flvcast devices",
  ],
  [
    "v4l2-format-unknown",
    usage,
    "«No such input format: yuy2»: see the formats and rates that it offers with: flvcast devices",
  ],
  ["v4l2-rate-unreadable", usage, "«Could not parse framerate 'abc'»: "],
  ["v4l2-permission", permission, "/dev/video0: Permission denied»: run as a user who may open it"],
  ["v4l2-busy", deviceBusy, "Device or resource busy»: end the program that holds it, then try again"],
  [
    "v4l2-no-buffers",
    brokenInput,
    "«ioctl(VIDIOC_REQBUFS): Invalid argument»: the camera or its driver fails",
  ],
  [
    "v4l2-start-refused",
    brokenInput,
    "«ioctl(VIDIOC_STREAMON): Invalid argument»: the camera or its driver fails",
  ],
  [
    "v4l2-fatal-error",
    brokenInput,
    "«ioctl(VIDIOC_DQBUF): Input/output error»: the camera or its driver fails: unplug it and plug it in again, or use another port (dmesg says more)",
  ],
  // ALSA's own word for a card that may not be opened: device-failure.ts looks whether it is there.
  [
    "alsa-permission",
    deviceAbsent,
    "plughw:0,1 (No such file or directory)»: is it there, and its name right?",
  ],
  [
    "alsa-permission-hw",
    deviceAbsent,
    "hw:0,1 (No such file or directory)»: is it there, and its name right?",
  ],
  [
    "alsa-absent",
    deviceAbsent,
    "«cannot open audio device plughw:9,0 (No such file or directory)»: is it there, and its name right?",
  ],
  [
    "alsa-absent-no-home",
    deviceAbsent,
    "«cannot open audio device plughw:9,0 (No such file or directory)»: is it there, and its name right?",
  ],
  ["alsa-absent-hw", deviceAbsent, "hw:9 (No such file or directory)»: is it there, and its name right?"],
  [
    "alsa-absent-name",
    deviceAbsent,
    "plughw:CARD=Webcam,DEV=0 (No such device)»: is it there, and its name right?",
  ],
  [
    "alsa-absent-pcm",
    deviceAbsent,
    "plughw:0,7 (No such file or directory)»: is it there, and its name right?",
  ],
  [
    "alsa-unknown-word",
    deviceAbsent,
    "nosuch (No such file or directory)»: is it there, and its name right?",
  ],
  [
    "alsa-busy",
    deviceBusy,
    "plughw:0,1 (Device or resource busy)»: end the program that holds it, then try again",
  ],
  [
    "alsa-busy-hw",
    deviceBusy,
    "hw:0,1 (Device or resource busy)»: end the program that holds it, then try again",
  ],
  [
    "alsa-channels-hw",
    usage,
    "«cannot set channel count to 2 (Invalid argument)»: the sound card cannot do this itself: let ALSA convert it with plughw: in place of hw:",
  ],
  ["alsa-unplugged", deviceAbsent, "«ALSA read error: No such device»: it was unplugged: plug it in again"],
  [
    "pulse-no-server",
    deviceAbsent,
    "No such process»: no sound server answers: does PulseAudio or PipeWire run for this user?",
  ],
  [
    "pulse-no-such-source",
    deviceAbsent,
    "Input/output error»: the sound server has no such source: list them with: flvcast devices",
  ],
  [
    "pulse-not-allowed",
    permission,
    "Operation not permitted»: the sound server is another user's: run as that user",
  ],
  ["pulse-server-dies", deviceAbsent, "Generic error in an external library»: the sound server has ended"],
  [
    "x11grab-no-server",
    deviceAbsent,
    "«Cannot open display :98, error 1»: is $DISPLAY right, does an X server run there, and may this user open it (xhost)?",
  ],
  [
    "x11grab-not-allowed",
    permission,
    "«Authorization required, but no authorization protocol specified»: let this user in: xhost +si:localuser:$USER",
  ],
  [
    "x11grab-outside",
    usage,
    "«Capture area 1280x720 at position 0.0 outside the screen size 640x480»: ask for an area that is on the screen",
  ],
  [
    "x11grab-depth-30",
    brokenInput,
    "Not yet implemented in FFmpeg, patches welcome»: it captures screens of 24 bits, not of 30: start X with 24",
  ],
  ["x11grab-server-dies", deviceAbsent, "«Failed to query xcb pointer»: the X server has ended"],
  [
    "not-compiled-in",
    noEncoder,
    "«Unknown encoder 'h264_videotoolbox'»: this ffmpeg was built without it: install one that has it, or choose another with --encoder",
  ],
  ["amf", noEncoder, "«Unknown encoder 'h264_amf'»: this ffmpeg was built without it"],
  [
    "nvenc-no-driver",
    noEncoder,
    "«Cannot load libcuda.so.1»: no NVIDIA chip with its driver is here: install the driver, or choose another encoder with --encoder",
  ],
  [
    "qsv-no-driver",
    noEncoder,
    "»: no Intel chip with its media driver is here: install the driver, or choose another encoder with --encoder",
  ],
  [
    "vaapi-no-node",
    noEncoder,
    "«No VA display found for device /dev/dri/renderD128»: is there a graphics chip, and may this user open it (ls -l /dev/dri)?",
  ],
  [
    "vaapi-permission",
    noEncoder,
    "«No VA display found for device /dev/dri/renderD128»: is there a graphics chip, and may this user open it (ls -l /dev/dri)?",
  ],
  ["vaapi-no-display", noEncoder, "«No VA display found for device :98»: "],
  [
    "vaapi-no-driver",
    noEncoder,
    "«Failed to initialise VAAPI connection: -1 (unknown libva error)»: install the graphics chip's VA-API driver (vainfo tests it), or choose another encoder with --encoder",
  ],
  [
    "vaapi-init-fails",
    noEncoder,
    "«Failed to initialise VAAPI connection: 1 (operation failed)»: install the graphics chip's VA-API driver",
  ],
  [
    "vaapi-config-fails",
    noEncoder,
    "encode pipeline configuration: 2 (resource allocation failed)»: the VA-API driver fails: update it, or choose another encoder with --encoder",
  ],
  [
    "vaapi-context-fails",
    noEncoder,
    "encode pipeline context: 2 (resource allocation failed)»: the VA-API driver fails",
  ],
  [
    "vaapi-encode-fails",
    noEncoder,
    "«Failed to end picture encode issue: 24 (internal encoding error)»: the VA-API driver fails",
  ],
  [
    "vaapi-sync-fails",
    noEncoder,
    "«Failed to sync surface 0x1000: 34 (HW busy now)»: the VA-API driver fails",
  ],
  [
    "vaapi-profile-refused",
    noEncoder,
    "«No usable encoding profile found»: this chip does not encode H.264 in this profile: choose another encoder with --encoder",
  ],
  [
    "v4l2m2m-none",
    noEncoder,
    "«Could not find a valid device»: is there a V4L2 encoder, free, and may this user open it (v4l2-ctl --list-devices)?",
  ],
  ["v4l2m2m-fail_open", noEncoder, "«Could not find a valid device»: is there a V4L2 encoder"],
  ["v4l2m2m-permission", noEncoder, "«Could not find a valid device»: is there a V4L2 encoder"],
  [
    "v4l2m2m-fail_streamon",
    noEncoder,
    "«VIDIOC_STREAMON failed on output context»: choose another encoder with --encoder",
  ],
  ["decode-cuda-no-driver", noEncoder, "«Cannot load libcuda.so.1»: no NVIDIA chip with its driver is here"],
  [
    "decode-qsv-no-driver",
    noEncoder,
    "No device available for decoder: device type qsv needed for codec h264_qsv»: let the CPU decode, with --hwaccel none",
  ],
  ["decode-v4l2m2m-none", noEncoder, "«Could not find a valid device»: is there a V4L2 encoder"],
  [
    "decode-size-changed",
    other,
    "«Invalid too big or non positive size for width '-100' or height '120'»: its size has changed",
  ],
  ["decode-vaapi-refused", other, "the filter 'auto_scale_0'»: a filter does not take its frames"],
  ["decode-vaapi-size-changed", other, "»: "], // ffmpeg 5 says less of it than the others
  [
    "decode-vaapi-cannot-scale",
    noEncoder,
    "«Failed to create processing pipeline config: 12 (the requested VAProfile is not supported)»: the VA-API driver does not scale",
  ],
  ["x264-option-refused", noEncoder, "«Error setting profile nosuch»: choose another encoder with --encoder"],
];

/** Captures that went on: driver-change.test.ts reads them. */
const NO_FAILURE = /^v4l2-(unknown-timestamps|driver-changed)/;

describe.each(versions)("what ffmpeg %s says when it cannot go on", (version) => {
  it("is all in the table", () => {
    const failures = [...recordedErrors(version).keys()].filter((name) => !NO_FAILURE.test(name));
    expect(failures.toSorted()).toEqual(RECORDED.map(([name]) => name).toSorted());
  });

  it.each(RECORDED)("%s ends with %i", (name, exitCode, words) => {
    const { lines, args, exitCode: code } = recordedError(version, name);
    const demuxer = demuxerOf({ inputOptions: args });
    const failure = failureOf("cam0", { code, signal: null, error: null, stderr: lines }, demuxer);
    expect([failure.exitCode, failure.message]).toEqual([exitCode, expect.stringContaining(words)]);
    expect(failure.message).toMatch(/^cam0: ffmpeg says «[^[]+»: .{1,110}$/);
  });
});
