import { error, note, warning } from "../finding.ts";

/** AV1: its record and its temporal units. */
export const av1Faults = {
  "video-codec-av1-13": error(
    "AV1 as CodecID 13, which is in no specification",
    "FLV 10.1, E.4.3.1 (CodecID); Enhanced RTMP v2 uses av01",
    "No player is known to read it: mpegts.js fails with CodecUnsupported.",
  ),
  "av1-config-malformed": error(
    "AV1CodecConfigurationRecord is malformed",
    "AV1 in ISOBMFF 1.2, 2.3.3",
    "mpegts.js fails with FormatError; no decoder can be set up.",
  ),
  "av1-config-no-sequence-header": error(
    "No sequence header OBU in the AV1CodecConfigurationRecord",
    "AV1 in ISOBMFF 1.2, 2.3.3 (configOBUs)",
    "mpegts.js fails with FormatError; ffmpeg and WebCodecs use that of the key frames.",
  ),
  "av1-config-mismatch": warning(
    "AV1CodecConfigurationRecord differs from its sequence header",
    "AV1 in ISOBMFF 1.2, 2.3.4",
    "Browsers choose the decoder by these bytes: they refuse, or choose an unsuitable one.",
  ),
  "av1-sequence-malformed": error(
    "AV1 sequence header is malformed",
    "AV1 bitstream, 5.5.1",
    "No decoder can be set up.",
  ),
  "av1-sequence-differs": warning(
    "In-band AV1 sequence header differs from the AV1CodecConfigurationRecord",
    "AV1 in ISOBMFF 1.2, 2.4",
    "Browsers use the record, so the video breaks where the settings change.",
  ),
  "av1-order-hint": note(
    "AV1 with order hints",
    "AV1 bitstream, 5.5.1 (enable_order_hint)",
    "mpegts.js 1.8.2 misreads the frame headers of most such streams (SVT-AV1) and fails; WebCodecs and ffmpeg are not affected.",
  ),
  "av1-obu-malformed": error(
    "AV1 OBU is malformed or does not fit its tag",
    "AV1 bitstream, 5.3.1 to 5.3.3",
    "Decoders drop the frame: broken video until the next key frame.",
  ),
  "av1-obu-without-size": note(
    "AV1 OBU without a size field",
    "AV1 in ISOBMFF 1.2, 2.4 (obu_has_size_field)",
    "Allowed in the last OBU of a frame; ffmpeg and dav1d read it, some hardware decoders do not.",
  ),
  "av1-temporal-delimiter": note(
    "AV1 frames still have temporal delimiters",
    "AV1 in ISOBMFF 1.2, 2.4",
    "Decoders ignore them; strict demuxers may refuse the frame. ffmpeg writes them.",
  ),
  "av1-composition-time": error(
    "CompositionTime before AV1 frames",
    "Enhanced RTMP v2, ExVideoTagBody (CodedFrames)",
    "All players take its three bytes for the first OBU: no frame can be decoded.",
  ),
  "av1-key-frame-wrong": error(
    "Tag marked as a key frame without a shown AV1 KEY_FRAME",
    "FLV 10.1, E.4.3.1 (FrameType); AV1 bitstream, 5.9.2 (frame_type, show_frame)",
    "Decoding cannot start there: nothing or broken video for late viewers; WebCodecs fails.",
  ),
  "av1-key-not-marked": error(
    "AV1 KEY_FRAME not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType); AV1 bitstream, 5.9.2 (frame_type, show_frame)",
    "Servers and players wait for a key frame without recognizing it.",
  ),
};
