import { error, type FaultKind, note, warning } from "../finding.ts";

/** Pictures: codec, settings, NAL units. */
export const videoFaults = {
  "video-codec-unknown": error(
    "A CodecID that FLV does not know",
    "FLV 10.1, E.4.3.1 (CodecID)",
    "mpegts.js ends with CodecUnsupported; ffmpeg reads data that nothing decodes.",
  ),
  "video-codec-old": warning(
    "A video codec that browsers no longer play",
    "FLV 10.1, E.4.3.1 (CodecID)",
    "ffmpeg and VLC play it; mpegts.js ends with CodecUnsupported.",
  ),
  "video-codec-hevc-12": warning(
    "HEVC as CodecID 12, which no specification has",
    "FLV 10.1, E.4.3.1 (CodecID); Enhanced RTMP v1 has hvc1 instead",
    "mpegts.js and patched ffmpegs read it; others, and VLC, do not.",
  ),
  "video-frame-type": error(
    "A FrameType that such a picture cannot have",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Players drop the picture or take it for no key frame.",
  ),
  "video-tag-short": error(
    "A video tag is too short for its own header",
    "FLV 10.1, E.4.3.1",
    "mpegts.js complains and drops it; ffmpeg drops it.",
  ),
  "video-fourcc-unknown": error(
    "A video FourCC that Enhanced RTMP does not know",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoFourCc)",
    "mpegts.js ends with CodecUnsupported; ffmpeg ignores the track.",
  ),
  "video-ex-packet-type": error(
    "A VideoPacketType that Enhanced RTMP does not know",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoPacketType)",
    "mpegts.js ends with FormatError.",
  ),
  "video-config-missing": error(
    "Pictures come without a sequence header before them",
    "FLV 10.1, E.4.3.2 (AVCPacketType); Enhanced RTMP v2 (SequenceStart)",
    "Nothing can be decoded: mpegts.js waits for it for ever, ffmpeg and VLC show no picture.",
  ),
  "video-config-late": error(
    "The video sequence header comes after the first pictures",
    "FLV 10.1, E.4.3.2 (AVCPacketType)",
    "Pictures up to it are lost; mpegts.js hands them to the decoder, which may fail at them.",
  ),
  "video-config-without-key-frame": warning(
    "New video settings are not followed by a key frame",
    "ISO/IEC 14496-15, 5.2.4.1; ITU-T H.264, 7.4.1.2.1",
    "Pictures are decoded with settings that are not theirs: grey or broken until a key frame.",
  ),
  "video-config-changed": note(
    "The video settings change in mid-stream",
    "FLV 10.1, E.4.3.2",
    "mpegts.js makes a new initialization segment; decoders may stutter.",
  ),
  "avc-packet-type": error(
    "An AVCPacketType other than 0, 1 or 2",
    "FLV 10.1, E.4.3.1 (AVCPacketType)",
    "mpegts.js ends with FormatError; ffmpeg drops the picture.",
  ),
  "avc-config-malformed": error(
    "The AVCDecoderConfigurationRecord cannot be read",
    "ISO/IEC 14496-15, 5.3.3.1.2",
    "mpegts.js throws or waits for ever; no decoder can be set up.",
  ),
  "avc-config-version": error(
    "configurationVersion is not 1",
    "ISO/IEC 14496-15, 5.3.3.1.2 (configurationVersion)",
    "mpegts.js ends with FormatError; ffmpeg takes the record for Annex B.",
  ),
  "avc-config-annex-b": error(
    "The sequence header holds start codes instead of the record",
    "ISO/IEC 14496-15, 5.3.3.1.2",
    "ffmpeg may read it; mpegts.js ends with FormatError.",
  ),
  "avc-config-no-sps": error(
    "The sequence header has no SPS",
    "ISO/IEC 14496-15, 5.3.3.1.2 (numOfSequenceParameterSets)",
    "mpegts.js ends with FormatError: No SPS.",
  ),
  "avc-config-no-pps": error(
    "The sequence header has no PPS",
    "ISO/IEC 14496-15, 5.3.3.1.2 (numOfPictureParameterSets)",
    "mpegts.js ends with FormatError: No PPS.",
  ),
  "avc-config-length-size": error(
    "NAL lengths of 1 or 2 bytes, or of 3, which is reserved",
    "ISO/IEC 14496-15, 5.3.3.1.2 (lengthSizeMinusOne)",
    "mpegts.js ends with FormatError at 1 and 2, and drops each picture at 3; ffmpeg reads 1 and 2.",
  ),
  "avc-config-reserved-bits": warning(
    "Reserved bits of the sequence header are not 1",
    "ISO/IEC 14496-15, 5.3.3.1.2 (reserved)",
    "Software decoders ignore them; strict hardware and browsers may refuse the record.",
  ),
  "avc-config-profile-mismatch": warning(
    "Profile or level of the sequence header are not those of its SPS",
    "ISO/IEC 14496-15, 5.3.3.1.2 (AVCProfileIndication)",
    "Browsers ask for a decoder by these bytes: they refuse, or choose one that cannot.",
  ),
  "avc-config-frame-type": warning(
    "The sequence header is not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Servers that cache by FrameType lose it: late viewers see nothing.",
  ),
  "avc-config-composition-time": warning(
    "CompositionTime is not 0 where there is no picture",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "Most ignore it.",
  ),
  "sps-malformed": error(
    "An SPS cannot be read",
    "ITU-T H.264, 7.3.2.1",
    "No decoder can be set up: mpegts.js throws, others stay black.",
  ),
  "sps-in-band-differs": warning(
    "An SPS among the pictures differs from the sequence header",
    "ISO/IEC 14496-15, 5.3.3.1.1; FLV 10.1, E.4.3.2",
    "Browsers go by the sequence header: the picture breaks where the settings change.",
  ),
  "nal-annex-b": error(
    "NAL units stand behind start codes instead of lengths",
    "FLV 10.1, E.4.3.2; ISO/IEC 14496-15, 5.3.2",
    "mpegts.js drops every picture; ffmpeg says Invalid NAL unit size.",
  ),
  "nal-length": error(
    "A NAL unit's length does not fit its tag",
    "ISO/IEC 14496-15, 5.3.2 (NALUnitLength)",
    "mpegts.js drops the rest of the picture: blocks, or grey up to the next key frame.",
  ),
  "nal-empty": warning(
    "A NAL unit of no bytes",
    "ITU-T H.264, 7.3.1",
    "Software decoders skip it; hardware decoders and Safari may refuse the picture.",
  ),
  "nal-header": error(
    "A NAL unit's first byte cannot be one",
    "ITU-T H.264, 7.3.1, 7.4.1",
    "Decoders drop the unit or the picture: blocks, or grey.",
  ),
  "picture-empty": warning(
    "A picture's tag holds no slice",
    "ITU-T H.264, 7.4.1.2.3; FLV 10.1, E.4.3.2",
    "WebCodecs fails at it; others drop it, and a frame's time is missing.",
  ),
  "slice-without-parameter-sets": error(
    "A slice refers to parameter sets that never came",
    "ITU-T H.264, 7.4.3 (pic_parameter_set_id)",
    "Decoders drop the picture: non-existing PPS referenced.",
  ),
  "slice-malformed": error(
    "A slice's header cannot be read",
    "ITU-T H.264, 7.3.3",
    "Decoders drop the picture: blocks, or grey up to the next key frame.",
  ),
  "key-frame-not-idr": error(
    "A tag is marked as a key frame and holds no IDR picture",
    "FLV 10.1, E.4.3.1 (FrameType); ITU-T H.264, 7.4.1.2.4",
    "Decoding cannot begin there: grey for late viewers and after each seek; WebCodecs fails.",
  ),
  "key-frame-recovery-point": note(
    "Key frames are recovery points, not IDR pictures",
    "ITU-T H.264, D.2.8 (recovery point SEI)",
    "ffmpeg and VLC begin there; browsers may show a broken picture for a moment.",
  ),
  "idr-not-marked": error(
    "An IDR picture is not marked as a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Servers and players wait for a key frame that they do not recognize.",
  ),
  "hevc-config-malformed": error(
    "The HEVCDecoderConfigurationRecord cannot be read",
    "ISO/IEC 14496-15, 8.3.3.1.2",
    "mpegts.js ends with FormatError; no decoder can be set up.",
  ),
  "av1-config-malformed": error(
    "The AV1CodecConfigurationRecord cannot be read",
    "AV1 in ISOBMFF 1.2, 2.3.3",
    "mpegts.js ends with FormatError; no decoder can be set up.",
  ),
  "frames-after-end": warning(
    "Pictures follow the end of sequence",
    "FLV 10.1, E.4.3.1 (AVCPacketType 2)",
    "Players that end there show none of them.",
  ),
  "enhanced-rtmp": note(
    "Enhanced RTMP tags",
    "Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader",
    "Players from before 2023 do not know them; mpegts.js 1.8.2 knows HEVC, AV1 and Opus, but ends at a metadata packet, as ffmpeg writes for colours.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
