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
    advice: "this ffmpeg was built without it: install one that has it, or choose another with --encoder",
  },
  {
    text: /Cannot load (libcuda|nvcuda|libnvidia-encode|nvEncodeAPI)|No capable devices found/,
    advice:
      "no NVIDIA chip with its driver is here: install the driver, or choose another encoder with --encoder",
  },
  {
    text: /does not support the required nvenc API|minimum required Nvidia driver/,
    advice: "update NVIDIA's driver, or choose another encoder with --encoder",
  },
  {
    text: /OpenEncodeSessionEx failed/,
    advice:
      "the NVIDIA chip takes no further encoder: end another that runs, or choose another with --encoder",
  },
  {
    text: /Error (creating a|initializing an internal) MFX session/,
    advice:
      "no Intel chip with its media driver is here: install the driver, or choose another encoder with --encoder",
  },
  {
    text: /No VA display found/,
    advice: "is there a graphics chip, and may this user open it (ls -l /dev/dri)?",
  },
  {
    text: /Failed to initialise VAAPI connection/,
    advice:
      "install the graphics chip's VA-API driver (vainfo tests it), or choose another encoder with --encoder",
  },
  {
    text: /No usable encoding profile found/,
    advice: "this chip does not encode H.264 in this profile: choose another encoder with --encoder",
  },
  {
    // hwupload has the chip alone to fail it: libavutil/hwcontext_vaapi.c, libavcodec/vaapi_encode.c.
    text: /Failed to (create (temp )?encode pipeline|end picture encode|sync (surface|to picture)|upload frame)/,
    advice: "the VA-API driver fails: update it, or choose another encoder with --encoder",
  },
  {
    text: /Failed to create processing pipeline config/,
    advice: "the VA-API driver does not scale: update it, or choose another encoder with --encoder",
  },
  {
    text: /[Dd]evice setup failed for decoder/, // without "Hardware" before ffmpeg 7
    advice: "let the CPU decode, with --hwaccel none",
    isSummary: true,
  },
  {
    text: /Could not find a valid device/,
    advice: "is there a V4L2 encoder, free, and may this user open it (v4l2-ctl --list-devices)?",
  },
  {
    text: /Error initializing output stream|Error while opening encoder|Error submitting video frame to the encoder/,
    advice: "choose another encoder with --encoder",
    isSummary: true,
  },
];

const SCREENS: readonly Reason[] = [
  {
    text: /^Authorization required|^No protocol specified/,
    reason: "permission",
    advice: "let this user in: xhost +si:localuser:$USER as the one who logged in, or set XAUTHORITY",
  },
  {
    text: /Cannot open display|Can't open display/,
    reason: "deviceAbsent",
    advice: "is $DISPLAY right, does an X server run there, and may this user open it (xhost)?",
  },
  {
    text: /Not yet implemented in FFmpeg/,
    demuxer: "x11grab",
    reason: "brokenInput",
    advice:
      "it captures screens of 24 bits, not of 30: start X with 24 (DefaultDepth 24; Xvfb -screen 0 1280x720x24)",
  },
  { text: /Failed to query xcb pointer/, reason: "deviceAbsent", advice: "the X server has ended" },
  { text: /outside the screen size/, reason: "usage", advice: "ask for an area that is on the screen" },
];

const CAMERAS: readonly Reason[] = [
  {
    // Without a codec's name ffmpeg has tried every format that it knows: libavdevice/v4l2.c, device_try_init.
    text: /Cannot find a proper format for codec 'none'|Not a video capture device|VIDIOC_QUERYCAP\)|VIDIOC_G_FMT\): Invalid argument|does not support the streaming I\/O/,
    reason: "deviceAbsent",
    advice:
      "no camera is there (a virtual one is a camera only while something feeds it): list them with: flvcast devices",
  },
  {
    text: /No such input format|Cannot find a proper format|Could not parse framerate/,
    reason: "usage",
    advice: "see the formats and rates that it offers with: flvcast devices",
  },
  {
    // Not recorded: uvcvideo's ENOSPC, when the bus has no bandwidth left (pikvm/ustreamer#53, opencv/opencv#15628).
    text: /VIDIOC_STREAMON\): No space left on device/,
    reason: "deviceBusy",
    advice: "other devices use up its USB bus: plug it in elsewhere, or ask for MJPEG or a smaller size",
  },
  {
    text: /(VIDIOC_DQBUF\)|ALSA read error): No such device/,
    reason: "deviceAbsent",
    advice: "it was unplugged: plug it in again",
  },
  {
    text: /ioctl\(VIDIOC_(STREAMON|REQBUFS|QBUF|DQBUF)\): (?!Device or resource busy)/,
    reason: "brokenInput",
    advice:
      "the camera or its driver fails: unplug it and plug it in again, or use another port (dmesg says more)",
  },
];

const SOUND: readonly Reason[] = [
  {
    text: /cannot set (channel count|sample rate|sample format|parameters)/,
    reason: "usage",
    advice: "the sound card cannot do this itself: let ALSA convert it with plughw: in place of hw:",
  },
  {
    text: /No such process|Connection refused/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "no sound server answers: does PulseAudio or PipeWire run for this user?",
  },
  {
    text: /Operation not permitted|Permission denied/,
    demuxer: "pulse",
    reason: "permission",
    advice: "the sound server is another user's: run as that user",
  },
  {
    text: /Error during demuxing|Generic error in an external library/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "the sound server has ended",
  },
  {
    text: /Input\/output error/,
    demuxer: "pulse",
    reason: "deviceAbsent",
    advice: "the sound server has no such source: list them with: flvcast devices",
  },
];

/** avfoundation and dshow, from libavdevice/avfoundation.m and dshow.c: not run. */
const ELSEWHERE: readonly Reason[] = [
  {
    text: /Failed to create AV capture input device/,
    reason: "permission",
    advice: "allow it in System Settings, Privacy & Security, for the terminal that flvcast runs in",
  },
  {
    text: /(Video|Audio) device not found|Could not find .* device with name/,
    reason: "deviceAbsent",
    advice: "list what there is with: flvcast devices",
  },
  {
    text: /Could not run graph/,
    reason: "deviceBusy",
    advice: "end the program that uses it, then try again",
  },
  {
    text: /Selected (framerate|video size|pixel format) .* is not supported|Could not set (video|audio) options/,
    reason: "usage",
    advice: "see the sizes and rates it offers with: flvcast devices",
  },
];

/** The filters that the user gave; an encoder's own upload to its chip is none. From ffmpeg 5.1, and libavfilter of 7.1. */
const FILTERS: readonly Reason[] = [
  {
    text: /^No such filter|^Error initializing filter '(?!hw|scale_)|^Error applying option .* to filter|^Failed to configure \S+ pad on Parsed_(?!hw|scale_)|^Simple filtergraph/,
    reason: "usage",
    advice: "is --video-filter as ffmpeg wants it? See: ffmpeg -filters, ffmpeg -h filter=NAME",
  },
];

/** What any input can say: files, URLs and devices. */
const ANY_INPUT: readonly Reason[] = [
  {
    text: /Timestamps are unset in a packet|Negative pts not supported/,
    reason: "brokenInput",
    advice: "its frames have no times, as those of a raw stream with B-frames: leave out --copy",
  },
  {
    text: /Bad file descriptor/,
    reason: "failure",
    advice: "it cannot write to the pipes that it inherits: use another build of ffmpeg",
  },
  {
    text: /401 Unauthorized|403 Forbidden/,
    reason: "permission",
    advice: "put the right user and password into the URL: scheme://USER:PASSWORD@host/…",
  },
  {
    text: /Permission denied|Operation not permitted/,
    reason: "permission",
    advice: "run as a user who may open it",
  },
  {
    text: /Device or resource busy/,
    reason: "deviceBusy",
    advice: "end the program that holds it, then try again",
  },
  {
    text: /Connection refused|Connection timed out|No route to host|Network is unreachable|Connection reset|Failed to resolve hostname|Name or service not known/,
    reason: "deviceAbsent",
    advice: "is the other end on, and the address right?",
  },
  {
    text: /461 Unsupported transport|Nonmatching transport in server reply/i,
    reason: "usage",
    advice: "the camera does not offer this transport: leave --rtsp-transport out, or give the other one",
  },
  { text: /Server returned|\b404 |Protocol not found/, reason: "deviceAbsent", advice: "is the URL right?" },
  {
    text: /No such (file|device|process)/,
    reason: "deviceAbsent",
    advice: "is it there, and its name right?",
  },
  {
    // From one that says nothing, ffmpeg has heard what is no answer.
    text: /^(Error opening input: )?Invalid data found/,
    label: /^rtsps?:/i,
    reason: "deviceAbsent",
    advice: "it does not answer as an RTSP camera does: is it on, and the port right (usually 554)?",
  },
  {
    text: /Invalid data found|moov atom not found|does not contain any stream|Invalid argument/,
    reason: "brokenInput",
    advice: "is it a whole media file or stream? Give one that ffmpeg can read",
  },
  {
    text: /Conversion failed|Error while decoding|Input\/output error|End of file/,
    reason: "brokenInput",
    advice: "ffmpeg cannot read on: see its other lines with --verbose",
  },
];

/**
 * What ffmpeg's own words mean. Exit codes differ from version to version, the texts hardly. The first that matches
 * any of the last lines counts: from the particular to the general.
 */
export const REASONS: readonly Reason[] = [
  { text: SIZE_CHANGED, reason: "failure", advice: "its size has changed" },
  // Frames in main memory, among filters of a graphics chip. ffmpeg 5 cannot take those of another size at all.
  { text: /^Impossible to convert between/, reason: "failure", advice: "a filter does not take its frames" },
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
