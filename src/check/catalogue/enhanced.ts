import { error, note, warning } from "../finding.ts";

/** Enhanced RTMP: codecs by their FourCC, and packets that FLV 10.1 has not. */
export const enhancedFaults = {
  "enhanced-rtmp": note(
    "Enhanced RTMP tags",
    "Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader",
    "Players from before 2023 do not support them, nor do VLC 3 and GStreamer 1.22. ffmpeg 6.1 and later read H.265 and AV1, ffmpeg 8 and later Opus; mpegts.js 1.8.2 reads all three.",
  ),
  "ex-modifier": error(
    "Packet modifier (ModEx)",
    "Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader (ModEx)",
    "mpegts.js fails with CodecUnsupported at each such tag; ffmpeg 7.1 drops it.",
  ),
  "ex-multitrack": error(
    "Several tracks in one stream (multitrack)",
    "Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader (Multitrack)",
    "mpegts.js fails with CodecUnsupported; ffmpeg 7.1 drops the tags. The tracks in them are not checked.",
  ),
  "video-ex-packet-type": error(
    "Unknown VideoPacketType in Enhanced RTMP",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoPacketType)",
    "mpegts.js fails with FormatError.",
  ),
  "video-fourcc-unknown": error(
    "Unknown video FourCC in Enhanced RTMP",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoFourCc)",
    "mpegts.js fails with CodecUnsupported; ffmpeg ignores the track.",
  ),
  "video-fourcc-avc1": error(
    "H.264 with a FourCC instead of CodecID 7",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoFourCc)",
    "Only ffmpeg 8 and later read it: mpegts.js and flv.js fail with CodecUnsupported; VLC and GStreamer show no video.",
  ),
  "video-fourcc-rare": warning(
    "Video codec that few players read from FLV",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoFourCc)",
    "ffmpeg 6.1 and later read VP9; mpegts.js fails with CodecUnsupported.",
  ),
  "video-coded-frames-x": error(
    "CodedFramesX of a codec without CompositionTime",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoPacketType 3)",
    "mpegts.js fails with FormatError and shows nothing.",
  ),
  "video-ex-metadata": warning(
    "Video metadata packet (colorInfo)",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoPacketType 4)",
    "mpegts.js reports a FormatError and continues, but pages that stop on errors stop. ffmpeg 7.1 and later write it.",
  ),
  "video-mpeg2-ts-start": error(
    "Sequence header in the form of MPEG-2 TS",
    "Enhanced RTMP v2, ExVideoTagHeader (VideoPacketType 5)",
    "mpegts.js fails with FormatError; ffmpeg ignores it and has no settings.",
  ),
  "audio-ex-packet-type": error(
    "Unknown AudioPacketType in Enhanced RTMP",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioPacketType)",
    "mpegts.js stops with an error; ffmpeg drops the tag.",
  ),
  "audio-fourcc-unknown": error(
    "Unknown audio FourCC in Enhanced RTMP",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    "mpegts.js fails with CodecUnsupported; ffmpeg ignores the track.",
  ),
  "audio-fourcc-old-codec": error(
    "AAC or MP3 with a FourCC instead of its SoundFormat",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    "Only ffmpeg 8 and later read it: mpegts.js fails with CodecUnsupported and plays no video either; others are silent.",
  ),
  "audio-fourcc-rare": warning(
    "Audio codec that few players read from FLV",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    "ffmpeg 8 and later read it. mpegts.js fails at FLAC as ffmpeg writes it, and with CodecUnsupported at AC-3.",
  ),
  "audio-multichannel-config": warning(
    "MultichannelConfig packet",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioPacketType 4)",
    "mpegts.js reports a FormatError and continues, but pages that stop on errors stop; stereo and 5.1 play without it. ffmpeg 8 and later write it.",
  ),
};
