import { error, note, warning } from "../finding.ts";

/** H.265: its record and its pictures. What it shares with H.264 is among the faults of video. */
export const hevcFaults = {
  "video-codec-hevc-12": warning(
    "H.265 as CodecID 12, which is in no specification",
    "FLV 10.1, E.4.3.1 (CodecID); Enhanced RTMP v2 uses hvc1",
    "ffmpeg 9, mpegts.js and SRS read it; ffmpeg 7.1 and VLC do not.",
  ),
  "hevc-config-malformed": error(
    "HEVCDecoderConfigurationRecord is malformed",
    "ISO/IEC 14496-15, 8.3.3.1.2",
    "mpegts.js fails with FormatError; no decoder can be set up.",
  ),
  "hevc-config-annex-b": error(
    "H.265 sequence header contains start codes instead of the record",
    "ISO/IEC 14496-15, 8.3.3.1.2",
    "ffmpeg may read it; mpegts.js fails with FormatError.",
  ),
  "hevc-config-version": warning(
    "configurationVersion of H.265 is 0, as in drafts",
    "ISO/IEC 14496-15, 8.3.3.1.2 (configurationVersion)",
    "ffmpeg and mpegts.js read it; browsers that check it refuse the record.",
  ),
  "hevc-config-length-size": error(
    "NAL length size of H.265 is 1, 2 or 3 bytes (3 is reserved)",
    "ISO/IEC 14496-15, 8.3.3.1.2 (lengthSizeMinusOne)",
    "mpegts.js fails with FormatError at 1 and 2; ffmpeg reads 1 and 2.",
  ),
  "hevc-config-no-sets": error(
    "VPS, SPS or PPS missing in the H.265 sequence header",
    "ISO/IEC 14496-15, 8.3.3.1.2 (numOfArrays); 8.4.1 for hvc1",
    "mpegts.js and browsers set up the decoder with these sets, and fail; ffmpeg waits for them in the frames.",
  ),
  "hevc-config-array": error(
    "Array of the H.265 sequence header contains units of another type",
    "ISO/IEC 14496-15, 8.3.3.1.2 (NAL_unit_type)",
    "mpegts.js looks for the SPS by the array's type, and fails.",
  ),
  "hevc-config-profile-mismatch": warning(
    "Profile, level or format in the H.265 sequence header differs from its SPS",
    "ISO/IEC 14496-15, 8.3.3.1.2 (general_profile_idc to bitDepthChromaMinus8)",
    "Browsers choose the decoder by these bytes: they refuse, or choose an unsuitable one.",
  ),
  "key-frame-not-irap": error(
    "Tag marked as a key frame without an IRAP frame",
    "FLV 10.1, E.4.3.1 (FrameType); ITU-T H.265, 7.4.2.2 (nal_unit_type 16 to 23)",
    "Decoding cannot start there: grey for late viewers and after seeking; WebCodecs fails.",
  ),
  "irap-not-marked": error(
    "IRAP frame not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType); ITU-T H.265, 7.4.2.2 (nal_unit_type 16 to 23)",
    "Servers wait for a key frame without recognizing it; mpegts.js recognizes types 19 to 21.",
  ),
  "hevc-open-gop": note(
    "Frames that depend on those before their key frame (open GOP)",
    "ITU-T H.265, 7.4.2.2 (RASL after CRA)",
    "Decoders that start at the key frame drop them: the first frames of late viewers are missing.",
  ),
  "hevc-rasl-after-idr": error(
    "RASL frames after an IDR frame",
    "ITU-T H.265, 7.4.2.2 (RASL belongs to CRA or BLA)",
    "Decoders drop them or show broken video: frames were lost or spliced.",
  ),
};
