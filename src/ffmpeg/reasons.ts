import { SIZE_CHANGED } from "../devices/picture.ts";
import type { ExitReason } from "../errors.ts";

/** What some of ffmpeg's words mean for the user, and what to do. */
export interface Reason {
  readonly text: RegExp;
  /** The inputs of which it is said. */
  readonly label?: RegExp;
  /** The demuxer through which ffmpeg read, where the same words mean something else elsewhere. */
  readonly demuxer?: string;
  readonly reason: ExitReason;
  readonly advice: string;
  /** The line only sums up the one before it, which is the one to show. */
  readonly isSummary?: true;
}

/** Why an encoder cannot be used. What is not in the recorded texts is from libavcodec/nvenc.c, of ffmpeg 7.1. */
const ENCODERS: readonly Omit<Reason, "reason">[] = [
  {
    text: /Unknown encoder/,
    advice: "this ffmpeg was built without the encoder; install one that has it, or choose another --encoder",
  },
  {
    text: /Cannot load (libcuda|nvcuda|libnvidia-encode|nvEncodeAPI)|No capable devices found/,
    advice: "no NVIDIA GPU with a driver found; install the driver, or choose another --encoder",
  },
  {
    text: /does not support the required nvenc API|minimum required Nvidia driver/,
    advice: "the NVIDIA driver is too old for this ffmpeg; update it, or choose another --encoder",
  },
  {
    text: /OpenEncodeSessionEx failed/,
    advice: "no free NVENC session; stop another program that encodes, or choose another --encoder",
  },
  {
    text: /Error (creating a|initializing an internal) MFX session/,
    advice: "no Intel GPU with its media driver found; install the driver, or choose another --encoder",
  },
  {
    text: /No VA display found/,
    advice: "cannot open the GPU; check that it exists and that this user may open it (ls -l /dev/dri)",
  },
  {
    text: /Failed to initialise VAAPI connection/,
    advice: "the GPU's VA-API driver is missing; install it (test with: vainfo), or choose another --encoder",
  },
  {
    text: /No usable encoding profile found/,
    advice: "the GPU cannot encode this codec with this profile; choose another --encoder",
  },
  {
    // hwupload has the chip alone to fail it: libavutil/hwcontext_vaapi.c, libavcodec/vaapi_encode.c.
    text: /Failed to (create (temp )?encode pipeline|end picture encode|sync (surface|to picture)|upload frame)/,
    advice: "the VA-API driver failed; update it, or choose another --encoder",
  },
  {
    text: /Failed to create processing pipeline config/,
    advice: "the VA-API driver cannot scale video; update it, or choose another --encoder",
  },
  {
    text: /[Dd]evice setup failed for decoder/, // without "Hardware" before ffmpeg 7
    advice: "hardware decoding failed; decode on the CPU with --hwaccel none",
    isSummary: true,
  },
  {
    text: /Could not find a valid device/,
    advice:
      "no free V4L2 encoder that this user may open (see v4l2-ctl --list-devices); choose another --encoder",
  },
  {
    text: /Error initializing output stream|Error while opening encoder|Error submitting video frame to the encoder/,
    advice: "the encoder failed; choose another --encoder",
    isSummary: true,
  },
];

const SCREENS: readonly Reason[] = [
  {
    text: /^Authorization required|^No protocol specified/,
    reason: "permission",
    advice:
      "access to the display was denied; run xhost +si:localuser:$USER as the logged-in user, or set XAUTHORITY",
  },
  {
    text: /Cannot open display|Can't open display/,
    reason: "deviceAbsent",
    advice:
      "cannot open the display; check DISPLAY, that an X server is running, and this user's access (xhost)",
  },
  {
    text: /Not yet implemented in FFmpeg/,
    demuxer: "x11grab",
    reason: "brokenInput",
    advice:
      "screens with 30-bit color are not supported; start X with a depth of 24 (DefaultDepth 24; Xvfb -screen 0 1280x720x24)",
  },
  { text: /Failed to query xcb pointer/, reason: "deviceAbsent", advice: "the X server has exited" },
  {
    text: /outside the screen size/,
    reason: "usage",
    advice: "the area lies outside the screen; choose one inside it",
  },
];

const CAMERAS: readonly Reason[] = [
  {
    // Without a codec's name ffmpeg has tried every format that it knows: libavdevice/v4l2.c, device_try_init.
    text: /Cannot find a proper format for codec 'none'|Not a video capture device|VIDIOC_QUERYCAP\)|VIDIOC_G_FMT\): Invalid argument|does not support the streaming I\/O/,
    reason: "deviceAbsent",
    advice: "not a camera, or a virtual camera without a source (list cameras with: flvcast devices)",
  },
  {
    text: /No such input format|Cannot find a proper format|Could not parse framerate/,
    reason: "usage",
    advice: "the camera does not support this format or frame rate (see flvcast devices)",
  },
  {
    // Not recorded: uvcvideo's ENOSPC, when the bus has no bandwidth left (pikvm/ustreamer#53, opencv/opencv#15628).
    text: /VIDIOC_STREAMON\): No space left on device/,
    reason: "deviceBusy",
    advice: "not enough USB bandwidth; use another USB port, MJPEG or a smaller --size",
  },
  {
    text: /(VIDIOC_DQBUF\)|ALSA read error): No such device/,
    reason: "deviceAbsent",
    advice: "the device was unplugged; plug it in again",
  },
  {
    text: /ioctl\(VIDIOC_(STREAMON|REQBUFS|QBUF|DQBUF)\): (?!Device or resource busy)/,
    reason: "brokenInput",
    advice: "the camera or its driver failed; replug it, or use another port (details: dmesg)",
  },
];

const SOUND: readonly Reason[] = [
  {
    text: /cannot set (channel count|sample rate|sample format|parameters)/,
    reason: "usage",
    advice:
      "the sound card does not support this format; use plughw: instead of hw: so that ALSA converts it",
  },
  {
    text: /No such process|Connection refused/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "no sound server is running for this user; start PulseAudio or PipeWire",
  },
  {
    text: /Operation not permitted|Permission denied/,
    demuxer: "pulse",
    reason: "permission",
    advice: "the sound server belongs to another user; run flvcast as that user",
  },
  {
    text: /Error during demuxing|Generic error in an external library/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "the sound server has exited",
  },
  {
    text: /Input\/output error/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "the sound server has no such source (list them with: flvcast devices)",
  },
];

/** avfoundation and dshow, from libavdevice/avfoundation.m and dshow.c: not run. */
const ELSEWHERE: readonly Reason[] = [
  {
    text: /Failed to create AV capture input device/,
    reason: "permission",
    advice: "access was denied; allow it for your terminal in System Settings > Privacy & Security",
  },
  {
    text: /(Video|Audio) device not found|Could not find .* device with name/,
    reason: "deviceAbsent",
    advice: "device not found (list devices with: flvcast devices)",
  },
  {
    text: /Could not run graph/,
    reason: "deviceBusy",
    advice: "the device is in use; close the other program and try again",
  },
  {
    text: /Selected (framerate|video size|pixel format) .* is not supported|Could not set (video|audio) options/,
    reason: "usage",
    advice: "the device does not support this size or frame rate (see flvcast devices)",
  },
];

/** The filters that the user gave; an encoder's own upload to its chip is none. From ffmpeg 5.1, and libavfilter of 7.1. */
const FILTERS: readonly Reason[] = [
  {
    text: /^No such filter|^Error initializing filter '(?!hw|scale_)|^Error applying option .* to filter|^Failed to configure \S+ pad on Parsed_(?!hw|scale_)|^Simple filtergraph/,
    reason: "usage",
    advice: "ffmpeg does not accept --video-filter (see ffmpeg -filters and ffmpeg -h filter=NAME)",
  },
];

/** What any input can say: files, URLs and devices. */
const ANY_INPUT: readonly Reason[] = [
  {
    text: /Timestamps are unset in a packet|Negative pts not supported/,
    reason: "brokenInput",
    advice: "frames have no timestamps, as in raw streams with B-frames; remove --copy",
  },
  {
    text: /Bad file descriptor/,
    reason: "failure",
    advice: "this ffmpeg cannot write to inherited pipes; use another build",
  },
  {
    text: /401 Unauthorized|403 Forbidden/,
    reason: "permission",
    advice: "access denied; check the user name and password in the URL: scheme://USER:PASSWORD@host/…",
  },
  {
    text: /Permission denied|Operation not permitted/,
    reason: "permission",
    advice: "permission denied; run flvcast as a user with access",
  },
  {
    text: /Device or resource busy/,
    reason: "deviceBusy",
    advice: "in use by another program; close that program and try again",
  },
  {
    text: /Connection refused|Connection timed out|No route to host|Network is unreachable|Connection reset|Failed to resolve hostname|Name or service not known/,
    reason: "deviceAbsent",
    advice: "cannot connect; check that it is on and the address is right",
  },
  {
    text: /461 Unsupported transport|Nonmatching transport in server reply/i,
    reason: "usage",
    advice: "the camera does not support this transport; remove --rtsp-transport, or use the other one",
  },
  { text: /\b404 /, reason: "deviceAbsent", advice: "not found on the server; check the URL" },
  {
    text: /HTTP error 5\d\d|Server returned 5/,
    reason: "deviceAbsent",
    advice: "the server failed to answer the request; check the server",
  },
  {
    text: /Server returned|HTTP error \d/,
    reason: "deviceAbsent",
    advice: "the server refused the request; check the URL",
  },
  { text: /Protocol not found/, reason: "deviceAbsent", advice: "this ffmpeg does not support such URLs" },
  {
    text: /No such (file|device|process)/,
    reason: "deviceAbsent",
    advice: "not found; check the name",
  },
  {
    // From one that says nothing, ffmpeg has heard what is no answer.
    text: /^(Error opening input: )?Invalid data found/,
    label: /^rtsps?:/i,
    reason: "deviceAbsent",
    advice: "no RTSP response; check that the camera is on and the port is right (usually 554)",
  },
  {
    text: /Invalid data found|moov atom not found|does not contain any stream|Invalid argument/,
    reason: "brokenInput",
    advice: "not a complete media file or stream that ffmpeg can read",
  },
  {
    text: /Conversion failed|Error while decoding|Input\/output error|End of file/,
    reason: "brokenInput",
    advice: "ffmpeg cannot continue reading (details: --verbose)",
  },
];

/**
 * What ffmpeg's own words mean. Exit codes differ from version to version, the texts hardly. The first that matches
 * any of the last lines counts: from the particular to the general.
 */
export const REASONS: readonly Reason[] = [
  { text: SIZE_CHANGED, reason: "failure", advice: "the video size has changed" },
  // Frames in main memory, among filters of a graphics chip. ffmpeg 5 cannot take those of another size at all.
  { text: /^Impossible to convert between/, reason: "failure", advice: "a filter cannot process its frames" },
  ...ENCODERS.map((one) => ({ ...one, reason: "noEncoder" as const })),
  ...FILTERS,
  ...SCREENS,
  ...CAMERAS,
  ...SOUND,
  ...ELSEWHERE,
  ...ANY_INPUT,
];

/** Lines that only repeat what another line says, or that are no failure at all. */
export const NO_REASON: readonly RegExp[] = [
  /^Error opening (input|output) files?\b/,
  /^Last message repeated|^Exiting normally|^Conversion failed!|^At least one output file/,
  // What the threads of ffmpeg 7 and later say when one of them has failed.
  /^Error sending frames to consumers|^Task finished with error|^Terminating thread|^Could not open encoder before/,
  /^Nothing was written into output file|^Output file is empty/,
  /^Device creation failed|^Failed to set value|^Error parsing global options/,
  /^Guessed Channel Layout/,
  // libpulse, behind ALSA, in the home of another user; libva, which finds its driver all the same.
  /^Failed to create secure directory|^libva: vaGetDriverNames\(\) failed/,
];
