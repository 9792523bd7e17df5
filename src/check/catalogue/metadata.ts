import type { FaultKind } from "../finding.ts";

/** Script tags: what the stream says of itself. */
export const metadataFaults = {
  "metadata-missing": {
    severity: "warning",
    title: "There is no onMetaData",
    specification: "FLV 10.1, E.5",
    player: "Players know size and rate only once they have decoded; some wait for it.",
  },
  "metadata-late": {
    severity: "warning",
    title: "onMetaData comes after the first frames",
    specification: "FLV 10.1, E.5",
    player: "Players have set themselves up by then: the duration and the size come too late.",
  },
  "metadata-malformed": {
    severity: "warning",
    title: "A script tag is not AMF 0",
    specification: "FLV 10.1, E.4.4; AMF 0, 2",
    player: "mpegts.js complains and goes without; ffmpeg skips the tag; a strict reader ends.",
  },
  "metadata-set-data-frame": {
    severity: "note",
    title: "@setDataFrame, an RTMP command, is left in the script tag",
    specification: "FLV 10.1, E.5; RTMP 1.0, 7.1",
    player: "Players look for onMetaData at the front, and play without metadata.",
  },
  "metadata-not-object": {
    severity: "warning",
    title: "What onMetaData says is no list of properties",
    specification: "FLV 10.1, E.5",
    player: "mpegts.js says Invalid onMetaData structure, and goes without.",
  },
  "metadata-timestamp": {
    severity: "note",
    title: "onMetaData has a time that is not 0",
    specification: "FLV 10.1, E.4.1 (Timestamp)",
    player: "Harmless to most; ffmpeg may take script tags with a time for subtitles or data.",
  },
  "metadata-number-invalid": {
    severity: "warning",
    title: "A number in onMetaData is not one that could be",
    specification: "FLV 10.1, E.5",
    player: "Players that lay out the page or a seek bar by it compute nonsense.",
  },
  "metadata-size-wrong": {
    severity: "warning",
    title: "onMetaData gives another picture size than the stream has",
    specification: "FLV 10.1, E.5 (width, height)",
    player: "Players that lay out the page by it show a distorted or a jumping picture.",
  },
  "metadata-video-codec-wrong": {
    severity: "warning",
    title: "onMetaData names another video codec than the tags",
    specification: "FLV 10.1, E.5 (videocodecid)",
    player: "ffmpeg warns; players that choose their decoder by it choose a wrong one.",
  },
  "metadata-audio-codec-wrong": {
    severity: "warning",
    title: "onMetaData names another audio codec than the tags",
    specification: "FLV 10.1, E.5 (audiocodecid)",
    player: "ffmpeg warns; players that choose their decoder by it choose a wrong one.",
  },
  "metadata-sample-rate-wrong": {
    severity: "warning",
    title: "onMetaData gives another sample rate than the sound has",
    specification: "FLV 10.1, E.5 (audiosamplerate)",
    player: "Most go by the sound itself; what believes it plays at a wrong pitch.",
  },
  "metadata-stereo-wrong": {
    severity: "warning",
    title: "onMetaData is wrong about mono or stereo",
    specification: "FLV 10.1, E.5 (stereo)",
    player: "Most go by the sound itself; it misleads servers that transcode by it.",
  },
  "metadata-frame-rate-wrong": {
    severity: "note",
    title: "onMetaData gives another frame rate than the pictures come at",
    specification: "FLV 10.1, E.5 (framerate)",
    player: "mpegts.js takes it for the length of a picture where it has no other.",
  },
  "metadata-duration-on-live": {
    severity: "note",
    title: "A live stream gives a duration",
    specification: "FLV 10.1, E.5 (duration)",
    player: "Players show a seek bar with an end; right only if the stream ends there.",
  },
  "metadata-duration-passed": {
    severity: "warning",
    title: "A live stream goes on behind its duration",
    specification: "FLV 10.1, E.5 (duration)",
    player: "Players that believe it stop there, or show a seek bar that is nonsense.",
  },
  "metadata-duration-wrong": {
    severity: "warning",
    title: "The duration is not that of the file",
    specification: "FLV 10.1, E.5 (duration)",
    player: "The seek bar ends too early or too late; seeking goes astray.",
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
