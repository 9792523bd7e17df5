import { error, type FaultKind, note, warning } from "../finding.ts";

/** Time: of the tags, and of their arrival. */
export const timeFaults = {
  "timestamp-backwards": error(
    "A track's time goes backwards",
    "FLV 10.1, E.4.1 (Timestamp)",
    "mpegts.js drops frames until time catches up; ffmpeg says non monotonically increasing dts.",
  ),
  "timestamp-24-bit-wrap": error(
    "Time falls by 4 h 39 min: TimestampExtended is not used",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "Each player that is connected freezes for good at that moment.",
  ),
  "timestamp-negative": error(
    "A timestamp is negative",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "mpegts.js freezes; ffmpeg counts on from a time that nobody meant.",
  ),
  "timestamp-near-end": warning(
    "Time is about to run out of its 31 bits",
    "FLV 10.1, E.4.1 (TimestampExtended)",
    "At 24 days 20 h players freeze for good: it must be restarted before.",
  ),
  "timestamp-repeated": warning(
    "Two frames of a track have the same time",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Frames of no length: mpegts.js drops or squeezes them, ffmpeg complains.",
  ),
  "timestamp-jump": error(
    "A track's time jumps ahead by more than a minute",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players wait with a still picture, or seek; the buffer's length becomes nonsense.",
  ),
  "video-gap": warning(
    "Pictures are missing for a while",
    "FLV 10.1, E.4.1 (Timestamp)",
    "The picture stands still; MSE players stop at the hole or jump over it.",
  ),
  "audio-gap": warning(
    "Sound is missing for a while",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Chromium stops at a hole in the sound; mpegts.js fills it with silence.",
  ),
  "video-stops": error(
    "The pictures end while the sound goes on",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "In Chromium a track that stops freezes the other.",
  ),
  "audio-stops": error(
    "The sound ends while the pictures go on",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "In Chromium a track that stops freezes the other.",
  ),
  "tracks-end-apart": note(
    "One track of the file ends before the other",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Silence, or a still picture, up to the end.",
  ),
  "start-offset": warning(
    "Sound and picture begin far apart",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players start silent, with a still picture, or wait until both are there.",
  ),
  "interleave-gap": warning(
    "Sound and picture of the same time stand far apart in the stream",
    "FLV 10.1, E.3 (tags in the order of their time)",
    "A player must hold that much before it can play: latency, or stutter.",
  ),
  "composition-time-negative": error(
    "A picture is to be shown before it is decoded",
    "FLV 10.1, E.4.3.1 (CompositionTime); ISO/IEC 14496-12, 8.6.1.3",
    "MSE and ffmpeg complain that pts < dts; pictures come late or are dropped.",
  ),
  "composition-time-huge": error(
    "CompositionTime is more than five seconds",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "The picture stays behind the sound by as much, or is dropped.",
  ),
  "composition-time-missing": error(
    "There are B-frames, and CompositionTime never says when to show them",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "Pictures are shown in the order of decoding: motion goes back and forth.",
  ),
  "composition-time-constant": note(
    "CompositionTime is the same for all pictures, and not 0",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "All is shown later by it: latency for nothing, or an offset to the sound.",
  ),
  "presentation-time-repeated": warning(
    "Two pictures are to be shown at the same moment",
    "FLV 10.1, E.4.3.1 (CompositionTime)",
    "One of them is never seen; MSE drops it.",
  ),
  "starts-without-key-frame": error(
    "The stream does not begin with a key frame",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Grey or black up to the first key frame; WebCodecs fails.",
  ),
  "no-key-frame": error(
    "There is no key frame at all",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Nothing is ever shown, or only grey with moving patches.",
  ),
  "group-long": warning(
    "More than 20 s between key frames",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Viewers wait, or are behind, by as much when they join; damage stays on the screen so long.",
  ),
  "group-longish": note(
    "More than 5 s between key frames",
    "FLV 10.1, E.4.3.1 (FrameType)",
    "Viewers wait, or are behind, by as much when they join.",
  ),
  "first-frame-late": warning(
    "The first picture comes more than 3 s after the request",
    "no section: a server can keep the last group of pictures",
    "The viewer looks at a spinner, and leaves.",
  ),
  "burst-long": warning(
    "The stream begins with more than 10 s of the past",
    "no section: live is what happens now",
    "A player that does not chase the live edge stays behind by as much.",
  ),
  "pace-slow": error(
    "The stream comes slower than it plays",
    "no section: a live second lasts a second",
    "Every buffer runs dry: the picture stops again and again.",
  ),
  "pace-fast": warning(
    "The stream comes faster than it plays",
    "no section: a live second lasts a second",
    "Players fall behind more and more, or skip to catch up.",
  ),
  stall: warning(
    "Nothing comes for more than 2 s",
    "no section: a live stream does not pause",
    "Low-latency players run dry and stop.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
