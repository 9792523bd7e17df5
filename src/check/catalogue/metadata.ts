import { note, warning } from "../finding.ts";

/** Script tags: what the stream says of itself. */
export const metadataFaults = {
  "metadata-missing": warning(
    "onMetaData missing",
    "FLV 10.1, E.5",
    "Players learn size and rate only by decoding; some wait for it.",
  ),
  "metadata-late": warning(
    "onMetaData after the first frames",
    "FLV 10.1, E.5",
    "Players are already set up by then, so duration and size come too late.",
  ),
  "metadata-malformed": warning(
    "Script tag is not AMF 0",
    "FLV 10.1, E.4.4; AMF 0, 2",
    "mpegts.js warns and ignores it; ffmpeg skips the tag; strict parsers stop.",
  ),
  "metadata-set-data-frame": note(
    "Script tag still contains @setDataFrame, an RTMP command",
    "FLV 10.1, E.5; RTMP 1.0, 7.1",
    "Players expect onMetaData first and play without metadata.",
  ),
  "metadata-not-object": warning(
    "onMetaData is not a list of properties",
    "FLV 10.1, E.5",
    'mpegts.js logs "Invalid onMetaData structure" and ignores it.',
  ),
  "metadata-timestamp": note(
    "onMetaData timestamp is not 0",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Mostly harmless; ffmpeg may treat timed script tags as subtitles or data.",
  ),
  "metadata-number-invalid": warning(
    "Impossible number in onMetaData",
    "FLV 10.1, E.5",
    "Players that use it for their layout or seek bar show nonsense.",
  ),
  "metadata-size-wrong": warning(
    "Video size in onMetaData differs from the stream",
    "FLV 10.1, E.5 (width, height)",
    "Players that use it for their layout show distorted or jumping video.",
  ),
  "metadata-video-codec-wrong": warning(
    "Video codec in onMetaData differs from the tags",
    "FLV 10.1, E.5 (videocodecid)",
    "ffmpeg warns; players that trust it choose the wrong decoder.",
  ),
  "metadata-audio-codec-wrong": warning(
    "Audio codec in onMetaData differs from the tags",
    "FLV 10.1, E.5 (audiocodecid)",
    "ffmpeg warns; players that trust it choose the wrong decoder.",
  ),
  "metadata-sample-rate-wrong": warning(
    "Sample rate in onMetaData differs from the audio",
    "FLV 10.1, E.5 (audiosamplerate)",
    "Most players use the audio itself; those that trust it play at the wrong pitch.",
  ),
  "metadata-stereo-wrong": warning(
    "Mono/stereo flag in onMetaData is wrong",
    "FLV 10.1, E.5 (stereo)",
    "Most players use the audio itself; it misleads servers that transcode.",
  ),
  "metadata-frame-rate-wrong": note(
    "Frame rate in onMetaData differs from the stream",
    "FLV 10.1, E.5 (framerate)",
    "mpegts.js uses it as the frame duration if it knows no other.",
  ),
  "metadata-duration-on-live": note(
    "Live stream with a duration",
    "FLV 10.1, E.5 (duration)",
    "Players show a seek bar with an end, which is right only if the stream ends there.",
  ),
  "metadata-duration-passed": warning(
    "Live stream continues past its duration",
    "FLV 10.1, E.5 (duration)",
    "Players that trust it stop there, or show a meaningless seek bar.",
  ),
  "metadata-duration-wrong": warning(
    "Duration differs from the file",
    "FLV 10.1, E.5 (duration)",
    "The seek bar ends too early or too late; seeking misses.",
  ),
};
