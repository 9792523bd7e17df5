import { type FaultKind, note, warning } from "../finding.ts";

/** Script tags: what the stream says of itself. */
export const metadataFaults = {
  "metadata-missing": warning(
    "There is no onMetaData",
    "FLV 10.1, E.5",
    "Players know size and rate only once they have decoded; some wait for it.",
  ),
  "metadata-late": warning(
    "onMetaData comes after the first frames",
    "FLV 10.1, E.5",
    "Players have set themselves up by then: the duration and the size come too late.",
  ),
  "metadata-malformed": warning(
    "A script tag is not AMF 0",
    "FLV 10.1, E.4.4; AMF 0, 2",
    "mpegts.js complains and goes without; ffmpeg skips the tag; a strict reader ends.",
  ),
  "metadata-set-data-frame": note(
    "@setDataFrame, an RTMP command, is left in the script tag",
    "FLV 10.1, E.5; RTMP 1.0, 7.1",
    "Players look for onMetaData at the front, and play without metadata.",
  ),
  "metadata-not-object": warning(
    "What onMetaData says is no list of properties",
    "FLV 10.1, E.5",
    "mpegts.js says Invalid onMetaData structure, and goes without.",
  ),
  "metadata-timestamp": note(
    "onMetaData has a time that is not 0",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Harmless to most; ffmpeg may take script tags with a time for subtitles or data.",
  ),
  "metadata-number-invalid": warning(
    "A number in onMetaData is not one that could be",
    "FLV 10.1, E.5",
    "Players that lay out the page or a seek bar by it compute nonsense.",
  ),
  "metadata-size-wrong": warning(
    "onMetaData gives another picture size than the stream has",
    "FLV 10.1, E.5 (width, height)",
    "Players that lay out the page by it show a distorted or a jumping picture.",
  ),
  "metadata-video-codec-wrong": warning(
    "onMetaData names another video codec than the tags",
    "FLV 10.1, E.5 (videocodecid)",
    "ffmpeg warns; players that choose their decoder by it choose a wrong one.",
  ),
  "metadata-audio-codec-wrong": warning(
    "onMetaData names another audio codec than the tags",
    "FLV 10.1, E.5 (audiocodecid)",
    "ffmpeg warns; players that choose their decoder by it choose a wrong one.",
  ),
  "metadata-sample-rate-wrong": warning(
    "onMetaData gives another sample rate than the sound has",
    "FLV 10.1, E.5 (audiosamplerate)",
    "Most go by the sound itself; what believes it plays at a wrong pitch.",
  ),
  "metadata-stereo-wrong": warning(
    "onMetaData is wrong about mono or stereo",
    "FLV 10.1, E.5 (stereo)",
    "Most go by the sound itself; it misleads servers that transcode by it.",
  ),
  "metadata-frame-rate-wrong": note(
    "onMetaData gives another frame rate than the pictures come at",
    "FLV 10.1, E.5 (framerate)",
    "mpegts.js takes it for the length of a picture where it has no other.",
  ),
  "metadata-duration-on-live": note(
    "A live stream gives a duration",
    "FLV 10.1, E.5 (duration)",
    "Players show a seek bar with an end; right only if the stream ends there.",
  ),
  "metadata-duration-passed": warning(
    "A live stream goes on behind its duration",
    "FLV 10.1, E.5 (duration)",
    "Players that believe it stop there, or show a seek bar that is nonsense.",
  ),
  "metadata-duration-wrong": warning(
    "The duration is not that of the file",
    "FLV 10.1, E.5 (duration)",
    "The seek bar ends too early or too late; seeking goes astray.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
