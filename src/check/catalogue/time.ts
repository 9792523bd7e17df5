import { error, note, warning } from "../finding.ts";

/** Time: of the tags, and of their arrival. */
export const timeFaults = {
  "timestamp-backwards": error(
    "Timestamps of a track go backwards",
    "FLV 10.1, E.4.1 (Timestamp)",
    "mpegts.js drops frames until timestamps catch up; ffmpeg reports non monotonically increasing dts.",
  ),
  "timestamp-24-bit-wrap": error(
    "Timestamps wrap at 4 h 39 min: TimestampExtended is not used",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "Every connected player freezes for good at that moment.",
  ),
  "timestamp-negative": error(
    "Negative timestamp",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "mpegts.js freezes; ffmpeg continues from a wrong time.",
  ),
  "timestamp-near-end": warning(
    "Timestamps are close to their 31-bit limit",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "At 24 days 20 h players freeze for good; restart the stream before that.",
  ),
  "timestamp-repeated": warning(
    "Two frames of a track have the same timestamp",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Such frames have no duration: mpegts.js drops or squeezes them, ffmpeg warns.",
  ),
  "timestamp-jump": error(
    "Timestamps of a track jump ahead by more than a minute",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players freeze or seek; their buffer length becomes meaningless.",
  ),
  "video-gap": warning(
    "Gap in the video",
    "FLV 10.1, E.4.1 (Timestamp)",
    "The video freezes; MSE players stop at the gap or jump over it.",
  ),
  "audio-gap": warning(
    "Gap in the audio",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Chromium stops at a gap in the audio; mpegts.js fills it with silence.",
  ),
  "video-stops": error(
    "Video ends while the audio continues",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "In Chromium, a track that stops freezes the other.",
  ),
  "audio-stops": error(
    "Audio ends while the video continues",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "In Chromium, a track that stops freezes the other.",
  ),
  "tracks-end-apart": note(
    "One track of the file ends before the other",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Silence or frozen video until the end.",
  ),
  "start-offset": warning(
    "Audio and video start far apart",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players start silent or frozen, or wait for both.",
  ),
  "interleave-gap": warning(
    "Audio and video of the same time are far apart in the stream",
    "FLV 10.1, E.3 (tags in the order of their time)",
    "Players must buffer that much before they can play, which adds latency or stutter.",
  ),
  "composition-time-negative": error(
    "Frame is to be shown before it is decoded",
    "FLV 10.1, E.4.3.1 (CompositionTime); ISO/IEC 14496-12, 8.6.1.3",
    "MSE and ffmpeg report pts < dts; frames are late or dropped.",
  ),
  "composition-time-huge": error(
    "CompositionTime is more than five seconds",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "The video lags behind the audio by as much, or is dropped.",
  ),
  "composition-time-missing": error(
    "B-frames without CompositionTime",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "Frames are shown in decoding order, so motion jumps back and forth.",
  ),
  "composition-time-constant": note(
    "CompositionTime is the same for all frames, but not 0",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "Adds latency, or an offset to the audio.",
  ),
  "presentation-time-repeated": warning(
    "Two frames are to be shown at the same time",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "One of them is never seen; MSE drops it.",
  ),
  "starts-without-key-frame": error(
    "Stream does not start with a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Grey or black until the first key frame; WebCodecs fails.",
  ),
  "no-key-frame": error(
    "No key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Players show nothing, or only grey with moving patches.",
  ),
  "group-long": warning(
    "More than 20 s between key frames",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Viewers wait or lag by as much when they join; errors stay visible for as long.",
  ),
  "group-longish": note(
    "More than 5 s between key frames",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Viewers wait or lag by as much when they join.",
  ),
  "first-frame-late": warning(
    "First frame arrives more than 3 s after the request",
    "no section: servers can cache the last GOP",
    "Viewers see a spinner and leave.",
  ),
  "burst-long": warning(
    "Stream starts more than 10 s in the past",
    "no section: live means now",
    "Players that do not chase the live edge stay behind by as much.",
  ),
  "pace-slow": error(
    "Stream arrives slower than real time",
    "no section: a live second lasts a second",
    "Buffers run dry and the video keeps stopping.",
  ),
  "pace-fast": warning(
    "Stream arrives faster than real time",
    "no section: a live second lasts a second",
    "Players fall further and further behind, or skip to catch up.",
  ),
  stall: warning(
    "Nothing arrives for more than 2 s",
    "no section: a live stream does not pause",
    "Low-latency players run dry and stop.",
  ),
};
