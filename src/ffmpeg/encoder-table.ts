import type { ChosenEncoder, Encoder, EncodingGoal, Hardware, HardwareDecoding } from "./encoder.ts";

/*
 * The arguments are what live projects use (go2rtc's internal/ffmpeg/ffmpeg.go, Frigate's ffmpeg_presets.py, Jellyfin's
 * EncodingHelper.cs), checked against the option tables of ffmpeg's libavcodec from 5.1 to 9.0. An option that an older
 * ffmpeg lacks makes it refuse the encoder: such options are left out where the encoder does without.
 */

const renderNodes: Hardware = {
  kind: "nodes",
  folder: "/dev/dri",
  names: /^renderD\d+$/,
  shown: "/dev/dri/renderD*",
  openedBy: "name",
  orDisplay: false,
};

const usual = { hardware: { kind: "driver" }, openOptions: () => [] } as const;

/** What chips decode that live inputs send. */
const usualCodecs = ["h264", "hevc", "mjpeg", "mpeg2video"];

/** Of ten bits, or of another chroma format, comes what H.264 encoders take. */
function scaledBy(filter: string): NonNullable<HardwareDecoding["frames"]> {
  return (size) => [`${filter}=${size === null ? "" : `w=${size.width}:h=${size.height}:`}format=nv12`];
}

/*
 * ffmpeg's own decoder on a chip's back end (`-hwaccel`): it holds back no frame more than on the CPU, and goes on there by itself
 * where the chip refuses, unless the frames are to stay. As go2rtc and Frigate do it.
 */
function hwaccel(name: string, flags: readonly string[] = []): HardwareDecoding["options"] {
  return (_, { isKept }) => [
    ...["-hwaccel", name, ...flags],
    ...(isKept ? ["-hwaccel_output_format", name] : []),
  ];
}

/** NVIDIA. Its `-gpu` stays at "any": ffmpeg then takes the first card that can encode (libavcodec/nvenc.c). */
const nvenc: Encoder = {
  ...usual,
  name: "h264_nvenc",
  platforms: ["linux", "win32"],
  filters: ["format=yuv420p"], // also RGB is taken, and its matrix would then be the driver's own
  arguments: (goal, profile) => [
    ...["-c:v", "h264_nvenc", "-preset", "p2", "-tune", "ll", "-profile:v", profile],
    // -delay: the default holds back as many frames as there are surfaces.
    ...["-rc", "cbr", "-delay", "0", "-zerolatency", "1", "-bf", "0"],
    ...heldBitrate(goal),
    // Forced key frames are no IDR pictures without forced-idr, and may come late with it (Jellyfin does not force).
    ...["-forced-idr", "1", ...keyFrames(goal)],
  ],
  decodes: { codecs: usualCodecs, options: hwaccel("cuda"), frames: scaledBy("scale_cuda") },
};

/**
 * Intel and AMD on Linux. No -rc_mode: ffmpeg then takes CBR where the driver has it, else VBR
 * (libavcodec/vaapi_encode.c). By default it holds a frame back; -async_depth 1, which ffmpeg 4 lacks, does not, and was
 * reported to lose frames (go2rtc): only where the probe got all of them.
 */
const vaapi: Encoder = {
  ...usual,
  name: "h264_vaapi",
  platforms: ["linux"],
  hardware: { ...renderNodes, orDisplay: true },
  // Since ffmpeg 8 hwupload finds no other device than this one.
  openOptions: (node) => (node === null ? [] : ["-vaapi_device", node]),
  holdsNoFrameSince: 5,
  filters: ["format=nv12", "hwupload"],
  arguments: (goal, profile) => [
    ...["-c:v", "h264_vaapi", "-profile:v", profile === "baseline" ? "constrained_baseline" : profile],
    ...["-sei:v", "0", "-bf", "0"], // its timing SEI is read by few players, and misread by some
    ...(goal.holdsNoFrame ? ["-async_depth", "1"] : []),
    ...heldBitrate(goal),
    ...keyFrames(goal), // a picture forced to be I is an IDR picture (vaapi_encode.c)
  ],
  decodes: {
    codecs: usualCodecs,
    // Cheap cameras call Constrained Baseline just Baseline, which no chip has.
    options: hwaccel("vaapi", ["-hwaccel_flags", "allow_profile_mismatch"]),
    frames: scaledBy("scale_vaapi"),
  },
};

/** Intel. The node is that of its VA-API device; on Windows it finds the GPU through Direct3D. */
const qsv: Encoder = {
  ...usual,
  name: "h264_qsv",
  platforms: ["linux", "win32"],
  hardware: renderNodes,
  openOptions: (node) => (node === null ? [] : ["-init_hw_device", `qsv=gpu:hw,child_device=${node}`]),
  filters: ["format=nv12"],
  arguments: (goal, profile) => [
    ...["-c:v", "h264_qsv", "-preset", "veryfast", "-profile:v", profile],
    ...["-async_depth", "1", "-bf", "0"], // by default four pictures wait in it
    ...heldBitrate(goal), // an average that is the ceiling is CBR to it (libavcodec/qsvenc.c)
    ...(goal.bitrateKbps < 1000 ? ["-mbbrc", "1"] : []), // else small bit rates come out in blocks (Jellyfin)
    ...["-forced_idr", "1", ...keyFrames(goal)],
  ],
  decodes: {
    codecs: usualCodecs,
    // A decoder of its own, which ffmpeg 5 has to be told by name, and which holds back four frames by default.
    options: (codec, { node, isKept }) => [
      ...["-hwaccel", "qsv", ...(node === null ? [] : ["-hwaccel_device", "gpu"])],
      ...["-hwaccel_output_format", isKept ? "qsv" : "nv12"],
      ...["-c:v", `${codec === "mpeg2video" ? "mpeg2" : codec}_qsv`, "-async_depth", "1"],
    ],
    frames: scaledBy("scale_qsv"),
  },
};

/**
 * Apple. Only an average bit rate: a ceiling can hang it (Jellyfin). No -prio_speed, which older ffmpegs lack, and no
 * low_delay flag: its rate control has an endless group of pictures (libavcodec/videotoolboxenc.c).
 */
const videotoolbox: Encoder = {
  ...usual,
  name: "h264_videotoolbox",
  platforms: ["darwin"],
  filters: ["format=nv12"],
  arguments: (goal, profile) => [
    ...["-c:v", "h264_videotoolbox", "-profile:v", profile, "-realtime", "1", "-bf", "0"],
    ...["-b:v", `${goal.bitrateKbps}k`],
    ...keyFrames(goal), // a forced picture is a sync sample (libavcodec/videotoolboxenc.c)
  ],
  decodes: { codecs: ["h264", "hevc"], options: hwaccel("videotoolbox") },
};

/** The codec of a Raspberry Pi 4 and of many phone chips, behind the kernel's V4L2. ffmpeg looks for it in all nodes. */
const v4l2m2m: Encoder = {
  ...usual,
  name: "h264_v4l2m2m",
  platforms: ["linux"],
  hardware: {
    kind: "nodes",
    folder: "/dev",
    names: /^video\d+$/,
    shown: "/dev/video*",
    openedBy: "ffmpeg",
    orDisplay: false,
  },
  filters: ["format=yuv420p"],
  arguments: (goal, profile) => [
    // It has no names for profiles, and where the driver has no such control this is a warning (v4l2_m2m_enc.c).
    ...["-c:v", "h264_v4l2m2m", "-profile:v", { high: "100", main: "77", baseline: "66" }[profile]],
    ...["-pix_fmt", "yuv420p", "-bf", "0"],
    ...heldBitrate(goal), // the driver is told the average alone
    ...keyFrames(goal),
  ],
  decodes: { codecs: ["h264"], options: () => ["-c:v", "h264_v4l2m2m"] },
};

/** AMD, by its own driver. -latency and -forced_idr came late to it: the usage says enough. */
const amf: Encoder = {
  ...usual,
  name: "h264_amf",
  platforms: ["win32", "linux"],
  filters: ["format=nv12"],
  arguments: (goal, profile) => [
    ...["-c:v", "h264_amf", "-usage", "ultralowlatency", "-quality", "speed"],
    ...["-profile:v", profile === "baseline" ? "constrained_baseline" : profile, "-rc", "cbr", "-bf", "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};

/** Rockchip, in the ffmpeg of nyanmisaka/ffmpeg-rockchip. */
const rkmpp: Encoder = {
  ...usual,
  name: "h264_rkmpp",
  platforms: ["linux"],
  hardware: {
    kind: "nodes",
    folder: "/dev",
    names: /^(mpp[_-]service|vpu_service|rkvenc)$/,
    shown: "/dev/mpp_service",
    openedBy: "ffmpeg",
    orDisplay: false,
  },
  filters: ["format=nv12"],
  arguments: (goal, profile) => [
    ...["-c:v", "h264_rkmpp", "-rc_mode", "CBR", "-profile:v", profile, "-bf", "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};

const libx264: Encoder = {
  ...usual,
  name: "libx264",
  platforms: "all",
  hardware: { kind: "none" },
  filters: [],
  arguments: (goal, profile) => [
    ...["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", profile],
    ...["-pix_fmt", "yuv420p", "-sc_threshold", "0", "-bf", "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};

/** All encoders, the best first: the CPU's comes last. */
export const encoders: readonly Encoder[] = [nvenc, vaapi, qsv, videotoolbox, v4l2m2m, amf, rkmpp, libx264];

/** The encoder that needs no hardware, and so no proof. */
export const softwareEncoder: ChosenEncoder = {
  ...{ encoder: libx264, node: null, profile: "high", forcesKeyFrames: true },
};

/** The bit rate as an average, a ceiling and a buffer of one second. */
function heldBitrate({ bitrateKbps }: EncodingGoal): readonly string[] {
  const rate = `${bitrateKbps}k`;
  return ["-b:v", rate, "-maxrate", rate, "-bufsize", rate];
}

/**
 * By time, so that a camera that slows down in the dark keeps its key frames; -g is the safety behind it. Half a
 * frame early, lest a frame that comes a little before its time waits for the next. Only where forced key frames were
 * seen to come, since drivers differ; by count, with -g alone, where they were not.
 */
function keyFrames({ fps, gopSeconds, forcesKeyFrames, slowestFps }: EncodingGoal): readonly string[] {
  if (!forcesKeyFrames) return ["-g", String(Math.max(1, Math.round(slowestFps * gopSeconds)))];
  const dueAfterS = Math.max(gopSeconds - 0.5 / fps, 0.001).toFixed(3);
  return [
    ...["-g", String(Math.ceil(fps * gopSeconds * 2))],
    ...["-force_key_frames", `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${dueAfterS}))`],
  ];
}
