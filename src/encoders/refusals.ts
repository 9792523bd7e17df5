import { videoCodecs } from "../media/codecs.ts";
import type { VideoCodec } from "../media/packet.ts";
import type { Refusal } from "./verdict.ts";

interface Meaning extends Pick<Refusal, "reason" | "fix"> {
  readonly text: RegExp;
  /** Its hardware or its code is simply not here. */
  readonly isAbsent?: true;
  /** Another profile may be taken where this one was not. */
  readonly isAboutProfile?: true;
}

const VA_DRIVER = "install the GPU's VA-API driver (intel-media-va-driver, mesa-va-drivers); vainfo shows it";
const VA_CHECK = "check the driver with vainfo, update it, or name another with LIBVA_DRIVER_NAME";
/** Debian's free driver leaves the shaders out that the full entry point takes (intel-media-driver, README). */
const INTEL_FULL_DRIVER = "on Intel, install intel-media-va-driver-non-free";
/** Low-power encoding holds a bit rate with the HuC firmware alone (intel-media-driver, docs/media_features.md). */
const INTEL_HUC =
  "load the HuC firmware: firmware-misc-nonfree (Debian) and the kernel parameter i915.enable_guc=3";
const OTHER_SIZE = "try another --size or --encoder";

/**
 * What ffmpeg's own words mean. Exit codes differ from version to version, the texts hardly. The first row that matches
 * any of the last lines counts: from the particular to the general. Those of VA-API, V4L2 and of what is not there were
 * recorded from ffmpeg 5.1, 7.1 and 9.0, the others stand in ffmpeg's source (libavcodec, libavutil/hwcontext_*).
 */
const MEANINGS: readonly Meaning[] = [
  {
    text: /Unknown encoder|Encoder not found/,
    reason: "not in this ffmpeg",
    fix: "use an ffmpeg that has it (--ffmpeg PATH; see ffmpeg -encoders)",
    isAbsent: true,
  },
  {
    text: /Unrecognized option|Option .* not found|Undefined constant|Unable to parse option value|Error setting option/,
    reason: "this ffmpeg is too old",
    fix: "install a newer ffmpeg (5.1 or later)",
  },
  // NVIDIA: libavcodec/nvenc.c
  {
    text: /Cannot load (libcuda|nvcuda)/,
    reason: "no NVIDIA driver",
    fix: "if there is an NVIDIA card, install its driver (nvidia-smi shows it)",
    isAbsent: true,
  },
  {
    text: /Cannot load (libnvidia-encode|nvEncodeAPI)/,
    reason: "NVIDIA's encoder library is missing",
    fix: "install libnvidia-encode1 (Debian); in a container, add the capability video",
  },
  {
    text: /Driver does not support the required nvenc API version|minimum required Nvidia driver/,
    reason: "NVIDIA's driver is too old for this ffmpeg",
    fix: "update the driver, or use an older ffmpeg",
  },
  {
    text: /No capable devices found|CUDA_ERROR_NO_DEVICE|no CUDA-capable device/,
    reason: "no NVIDIA card that encodes H.264",
    fix: "see nvidia-smi; in a container, pass the card to it",
  },
  {
    text: /OpenEncodeSessionEx failed/,
    reason: "no free NVENC session",
    fix: "stop another program that encodes: consumer cards allow only a few sessions",
  },
  {
    text: /InitializeEncoder failed/,
    reason: "NVIDIA's driver rejects these settings",
    fix: OTHER_SIZE,
    isAboutProfile: true,
  },
  // VA-API: libavutil/hwcontext_vaapi.c, libavcodec/vaapi_encode.c
  {
    text: /libva: .* init failed|Failed to initialise VAAPI connection: [1-9]/,
    reason: "its VA-API driver fails to start",
    fix: VA_CHECK,
  },
  { text: /Failed to initialise VAAPI connection/, reason: "no VA-API driver for it", fix: VA_DRIVER },
  { text: /No VA display found/, reason: "libva cannot open it", fix: VA_DRIVER },
  {
    text: /No usable encoding profile found/,
    reason: "the GPU, or its driver, does not encode H.264",
    fix: "see vainfo: an entry VAProfileH264… with VAEntrypointEncSlice is missing",
    isAboutProfile: true,
  },
  {
    text: /No usable encoding entrypoint found/,
    reason: "the GPU's driver has no full H.264 encoder",
    fix: `see vainfo (VAEntrypointEncSlice is missing); ${INTEL_FULL_DRIVER}`,
    isAboutProfile: true,
  },
  {
    text: /Driver does not support (any )?\S* ?RC mode|Driver does not support any RC/,
    reason: "its driver does not support bit rate control",
    fix: `${VA_CHECK}; on Intel, ${INTEL_HUC}`,
  },
  {
    text: /Hardware does not support encoding at size/,
    reason: "this size is not supported",
    fix: OTHER_SIZE,
  },
  {
    text: /Failed to create (temp )?encode pipeline configuration/,
    reason: "its driver rejects H.264",
    fix: VA_CHECK,
  },
  {
    text: /Failed to create encode pipeline context/,
    reason: "its driver fails to start encoding",
    fix: `another program may be using it; ${OTHER_SIZE}`,
  },
  {
    text: /Failed to end picture encode issue|Failed to begin picture encode issue|Encode failed/,
    reason: "its driver fails on the first frame",
    fix: VA_CHECK,
  },
  {
    text: /Failed to sync surface|Failed to upload frame/,
    reason: "its driver accepts no frames",
    fix: VA_CHECK,
  },
  // Intel: libavcodec/qsv.c, libavutil/hwcontext_qsv.c
  {
    text: /MFX session|MFXLoad|child device/,
    reason: "no Intel Quick Sync runtime, or no Intel GPU",
    fix: "install intel-media-va-driver with libmfx-gen1 (or libmfx1 for older chips)",
  },
  {
    text: /(ratecontrol|rate control) mode is unsupported/i,
    reason: "no bit rate control",
    fix: INTEL_HUC,
  },
  {
    text: /Current codec type is unsupported/,
    reason: "the GPU does not encode H.264",
    fix: "try h264_vaapi",
  },
  {
    text: /Current profile is unsupported/,
    reason: "the GPU does not encode this profile",
    fix: "try h264_vaapi",
    isAboutProfile: true,
  },
  {
    text: /Current resolution is unsupported/,
    reason: "this size is not supported",
    fix: OTHER_SIZE,
  },
  // libavcodec/v4l2_m2m.c: the same words where there is none, where it is taken and where it is forbidden
  {
    text: /Could not find a valid device/,
    reason: "no free H.264 encoder among /dev/video*",
    fix: "if this machine has one, stop the program that uses it",
    isAbsent: true,
  },
  {
    text: /VIDIOC_STREAMON failed|can't configure encoder|Encoder requires \S+ pixel format/,
    reason: "its driver fails to start encoding",
    // A Raspberry Pi 4 encodes up to 1920x1088, and 1080p up to 30 a second: ffmpeg cannot ask it for level 4.2.
    fix: "try a smaller --size, a lower --fps or another --encoder",
  },
  // AMD: libavcodec/amfenc.c, libavutil/hwcontext_amf.c
  {
    text: /DLL \S+ failed to open|libamfrt|amfrt/,
    reason: "no AMD driver with AMF",
    fix: "install AMD's own driver (on Linux: amf-amdgpu-pro), or use h264_vaapi",
    isAbsent: true,
  },
  {
    text: /Encoder creation error|encoder->Init\(\) failed/,
    reason: "AMD's driver rejects these settings",
    fix: OTHER_SIZE,
    isAboutProfile: true,
  },
  // Rockchip: rkmppenc.c of nyanmisaka/ffmpeg-rockchip
  {
    text: /Failed to (init|initialize|create) MPP context/,
    reason: "Rockchip's MPP fails to start",
    fix: "check the permissions of /dev/mpp_service, /dev/dma_heap/* and /dev/rga",
  },
  // Apple: libavcodec/videotoolboxenc.c
  {
    text: /cannot create compression session/,
    reason: "VideoToolbox has no free hardware encoder",
    fix: OTHER_SIZE,
  },
];

/** What the last lines of a refused encoder mean, and whether another profile may be taken. */
export function refusalOf(
  lines: readonly string[],
  codec: VideoCodec,
): Refusal & { readonly mayBeProfile: boolean } {
  for (const { text, isAboutProfile = false, reason, fix, isAbsent = false } of MEANINGS) {
    if (!lines.some((line) => text.test(line))) continue;
    const words = (of: string) => wordsFor(codec, of);
    return { reason: words(reason), fix: words(fix), isAbsent, mayBeProfile: isAboutProfile };
  }
  const telling = lines.map(withoutContext).find((line) => !SAYS_LITTLE.test(line));
  return {
    reason: telling === undefined ? "ffmpeg failed without a reason" : `ffmpeg says "${telling}"`,
    fix: "see flvcast start DEVICE --encoder NAME --verbose",
    isAbsent: false,
    mayBeProfile: true, // nobody knows: the next profile is cheap to try
  };
}

function wordsFor(codec: VideoCodec, text: string): string {
  return text
    .replaceAll("VAProfileH264", `VAProfile${codec.toUpperCase()}`)
    .replaceAll("H.264", videoCodecs[codec].name)
    .replaceAll("h264_", `${codec}_`);
}

/** Lines that only follow from another one, or are to be expected. */
const SAYS_LITTLE =
  /^(libva: vaGetDriverNames|Error parsing option rtc|Error while opening encoder|Could not open encoder|Task finished|Terminating thread|Nothing was written|Error sending frames|Conversion failed)/;

function withoutContext(line: string): string {
  return line.replace(/^(\[[^\]]* @ 0x[0-9a-f]+\] )+/, "").replace(/\.$/, "");
}
