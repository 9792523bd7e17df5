import { error, note, warning } from "../finding.ts";

/** Pictures: codec, settings, NAL units; what is H.265's or AV1's alone is in a part of its own. */
export const videoFaults = {
  "video-codec-unknown": error(
    "Unknown CodecID",
    "FLV 10.1, E.4.3.1 (CodecID)",
    "mpegts.js fails with CodecUnsupported; ffmpeg reads data it cannot decode.",
  ),
  "video-codec-old": warning(
    "Video codec that browsers no longer play",
    "FLV 10.1, E.4.3.1 (CodecID)",
    "ffmpeg and VLC play it; mpegts.js fails with CodecUnsupported.",
  ),
  "video-frame-type": error(
    "Invalid FrameType for this codec",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Players drop the frame or do not treat it as a key frame.",
  ),
  "video-tag-short": error(
    "Video tag is too short for its header",
    "FLV 10.1, E.4.3.1",
    "mpegts.js and ffmpeg drop it.",
  ),
  "video-config-missing": error(
    "Video without a sequence header",
    "FLV 10.1, E.4.3.2 (AVCPacketType); Enhanced RTMP v2 (SequenceStart)",
    "Nothing can be decoded: mpegts.js waits for it forever, ffmpeg and VLC show no video.",
  ),
  "video-config-late": error(
    "Video sequence header after the first frames",
    "FLV 10.1, E.4.3.2 (AVCPacketType)",
    "Frames before it are lost; mpegts.js passes them to the decoder, which may fail.",
  ),
  "video-config-without-key-frame": warning(
    "New video settings not followed by a key frame",
    "ISO/IEC 14496-15, 5.2.4.1; ITU-T H.264, 7.4.1.2.1",
    "Frames are decoded with the wrong settings: grey or broken until the next key frame.",
  ),
  "video-config-changed": note(
    "Video settings change mid-stream",
    "FLV 10.1, E.4.3.2",
    "mpegts.js creates a new initialization segment; decoders may stutter.",
  ),
  "avc-packet-type": error(
    "AVCPacketType is not 0, 1 or 2",
    "FLV 10.1, E.4.3.1 (AVCPacketType)",
    "mpegts.js fails with FormatError; ffmpeg drops the frame.",
  ),
  "avc-config-malformed": error(
    "AVCDecoderConfigurationRecord is malformed",
    "ISO/IEC 14496-15, 5.3.3.1.2",
    "mpegts.js throws or waits forever; no decoder can be set up.",
  ),
  "avc-config-version": error(
    "configurationVersion is not 1",
    "ISO/IEC 14496-15, 5.3.3.1.2 (configurationVersion)",
    "mpegts.js fails with FormatError; ffmpeg reads the record as Annex B.",
  ),
  "avc-config-annex-b": error(
    "Sequence header contains start codes instead of the record",
    "ISO/IEC 14496-15, 5.3.3.1.2",
    "ffmpeg may read it; mpegts.js fails with FormatError.",
  ),
  "avc-config-no-sps": error(
    "No SPS in the sequence header",
    "ISO/IEC 14496-15, 5.3.3.1.2 (numOfSequenceParameterSets)",
    "mpegts.js fails with FormatError: No SPS.",
  ),
  "avc-config-no-pps": error(
    "No PPS in the sequence header",
    "ISO/IEC 14496-15, 5.3.3.1.2 (numOfPictureParameterSets)",
    "mpegts.js fails with FormatError: No PPS.",
  ),
  "avc-config-length-size": error(
    "NAL length size of 1, 2 or 3 bytes (3 is reserved)",
    "ISO/IEC 14496-15, 5.3.3.1.2 (lengthSizeMinusOne)",
    "mpegts.js fails with FormatError at 1 and 2, and drops every frame at 3; ffmpeg reads 1 and 2.",
  ),
  "avc-config-reserved-bits": warning(
    "Reserved bits in the sequence header are not 1",
    "ISO/IEC 14496-15, 5.3.3.1.2 (reserved)",
    "Software decoders ignore them; strict hardware and browsers may refuse the record.",
  ),
  "avc-config-profile-mismatch": warning(
    "Profile or level in the sequence header differs from its SPS",
    "ISO/IEC 14496-15, 5.3.3.1.2 (AVCProfileIndication)",
    "Browsers choose the decoder by these bytes: they refuse, or choose an unsuitable one.",
  ),
  "avc-config-frame-type": warning(
    "Sequence header not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Servers that cache by FrameType drop it, so late viewers see nothing.",
  ),
  "avc-config-composition-time": warning(
    "CompositionTime is not 0 in a tag without a frame",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "Most players ignore it.",
  ),
  "sps-malformed": error(
    "SPS is malformed",
    "ITU-T H.264, 7.3.2.1; H.265, 7.3.2.2",
    "No decoder can be set up: mpegts.js throws, others stay black.",
  ),
  "sps-in-band-differs": warning(
    "In-band SPS differs from the sequence header",
    "ISO/IEC 14496-15, 5.3.3.1.1, 8.3.3.1.1; FLV 10.1, E.4.3.2",
    "Browsers use the sequence header, so the video breaks where the settings change.",
  ),
  "nal-annex-b": error(
    "NAL units have start codes instead of lengths",
    "FLV 10.1, E.4.3.2; ISO/IEC 14496-15, 5.3.2",
    "mpegts.js drops every frame; ffmpeg reports Invalid NAL unit size.",
  ),
  "nal-length": error(
    "NAL unit length does not fit its tag",
    "ISO/IEC 14496-15, 5.3.2 (NALUnitLength)",
    "mpegts.js drops the rest of the frame: blocks or grey until the next key frame.",
  ),
  "nal-empty": warning(
    "Empty NAL unit",
    "ITU-T H.264, 7.3.1; H.265, 7.3.1",
    "Software decoders skip it; hardware decoders and Safari may refuse the frame.",
  ),
  "nal-header": error(
    "Invalid header of a NAL unit",
    "ITU-T H.264, 7.3.1, 7.4.1; H.265, 7.3.1.2",
    "Decoders drop the unit or the frame: blocks or grey.",
  ),
  "picture-empty": warning(
    "Tag without a coded frame",
    "ITU-T H.264, 7.4.1.2.3; FLV 10.1, E.4.3.2",
    "WebCodecs fails; others drop the frame, leaving a gap.",
  ),
  "slice-without-parameter-sets": error(
    "Slice refers to parameter sets that were never sent",
    "ITU-T H.264, 7.4.3 (pic_parameter_set_id); H.265, 7.4.7.1",
    "Decoders drop the frame: non-existing PPS referenced.",
  ),
  "slice-malformed": error(
    "Slice header is malformed",
    "ITU-T H.264, 7.3.3; H.265, 7.3.6.1",
    "Decoders drop the frame: blocks or grey until the next key frame.",
  ),
  "key-frame-not-idr": error(
    "Tag marked as a key frame without an IDR frame",
    "FLV 10.1, E.4.3.1 (FrameType); ITU-T H.264, 7.4.1.2.4",
    "Decoding cannot start there: grey for late viewers and after seeking; WebCodecs fails.",
  ),
  "key-frame-recovery-point": note(
    "Key frames are recovery points, not IDR or IRAP frames",
    "ITU-T H.264, D.2.8 (recovery point SEI); H.265, D.3.8",
    "ffmpeg and VLC start there; browsers may show broken video for a moment.",
  ),
  "idr-not-marked": error(
    "IDR frame not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Servers and players wait for a key frame without recognizing it.",
  ),
  "frames-after-end": warning(
    "Frames after the end of sequence",
    "FLV 10.1, E.4.3.1 (AVCPacketType 2)",
    "Players that stop there show none of them.",
  ),
};
