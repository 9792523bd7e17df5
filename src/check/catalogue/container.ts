import { error, warning } from "../finding.ts";

/** Header and tags: what holds the stream together. */
export const containerFaults = {
  "stream-empty": error("Empty response", "FLV 10.1, E.2", "Players wait until they time out."),
  "signature-wrong": error(
    "No FLV signature at the start",
    "FLV 10.1, E.2 (Signature)",
    "mpegts.js and ffmpeg refuse it: it is not recognized as FLV.",
  ),
  "header-missing": error(
    "FLV header missing: the data starts with a tag",
    "FLV 10.1, E.2",
    'mpegts.js and ffmpeg refuse data that does not start with "FLV".',
  ),
  "header-truncated": error(
    "Stream ends within the FLV header",
    "FLV 10.1, E.2",
    "Players wait until they time out.",
  ),
  "header-version": error(
    "FLV version is not 1",
    "FLV 10.1, E.2 (Version)",
    "mpegts.js accepts only version 1; ffmpeg accepts versions below 5.",
  ),
  "header-reserved-bits": warning(
    "Reserved bits set in TypeFlags",
    "FLV 10.1, E.2 (TypeFlagsReserved)",
    "Most players ignore them; strict parsers refuse the stream.",
  ),
  "header-data-offset": error(
    "DataOffset does not point to the first tag",
    "FLV 10.1, E.2 (DataOffset)",
    "Players start reading in the wrong place; mpegts.js refuses values below 9.",
  ),
  "header-promises-audio": error(
    "Header announces audio, but there is none",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "mpegts.js waits for audio forever and shows nothing; ffmpeg and VLC start late.",
  ),
  "header-promises-video": error(
    "Header announces video, but there is none",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "mpegts.js waits for video forever and plays nothing; ffmpeg and VLC start late.",
  ),
  "header-hides-audio": warning(
    "Header does not announce the audio",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "Players that trust the header stay silent, or see a track appear after they have started.",
  ),
  "header-hides-video": warning(
    "Header does not announce the video",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "Players that trust the header show no video, or see a track appear after they have started.",
  ),
  "header-repeated": error(
    "Second FLV header among the tags",
    "FLV 10.1, E.3",
    "Players read it as a tag and lose their place in the stream.",
  ),
  "previous-tag-size-0": warning(
    "PreviousTagSize0 is not 0",
    "FLV 10.1, E.3 (PreviousTagSize0)",
    "mpegts.js logs a warning; strict parsers refuse the stream.",
  ),
  "previous-tag-size-0-missing": error(
    "PreviousTagSize0 missing: the first tag is in its place",
    "FLV 10.1, E.3 (PreviousTagSize0)",
    "Players read four bytes too far and misread every following tag.",
  ),
  "previous-tag-size": warning(
    "PreviousTagSize is not the size of the previous tag",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "mpegts.js logs a warning; ffmpeg searches for the next tag; seeking backwards fails.",
  ),
  "previous-tag-size-left-out": error(
    "PreviousTagSize missing after a tag",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "Players read four bytes too far: mpegts.js stops, ffmpeg searches for the next tag.",
  ),
  "previous-tag-size-missing": warning(
    "Last PreviousTagSize missing",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "mpegts.js never shows the last frame; appending to the file breaks it.",
  ),
  "tag-size-wrong": error(
    "DataSize is not the size of the tag's data",
    "FLV 10.1, E.4.1 (DataSize)",
    "Players misread what follows: mpegts.js stops, ffmpeg drops frames.",
  ),
  "tag-type-unknown": warning(
    "Tag is neither audio, video nor script",
    "FLV 10.1, E.4.1 (TagType)",
    "Most players skip it; strict parsers stop.",
  ),
  "tag-reserved-bits": error(
    "Reserved bits set in a tag's type",
    "FLV 10.1, E.4.1 (Reserved)",
    "mpegts.js reads the whole byte as the type and skips the tag.",
  ),
  "tag-encrypted": error(
    "Tags marked as encrypted",
    "FLV 10.1, E.4.1 (Filter), annex F",
    "Neither browser players nor ffmpeg decrypt Adobe's scheme; the tags are skipped.",
  ),
  "tag-stream-id": warning(
    "StreamID is not 0",
    "FLV 10.1, E.4.1 (StreamID)",
    "mpegts.js logs a warning; ffmpeg ignores it; strict parsers refuse the stream.",
  ),
  "tag-empty": warning(
    "Empty audio or video tags",
    "FLV 10.1, E.4.2, E.4.3",
    "mpegts.js and ffmpeg skip them.",
  ),
  "sync-lost": error(
    "Bytes between tags that belong to none",
    "FLV 10.1, E.3",
    "mpegts.js reads them as a tag and stops; ffmpeg searches for the next tag.",
  ),
  "stream-truncated": warning(
    "Stream ends within a tag",
    "FLV 10.1, E.3",
    "The last frame is lost; the writer was probably cut off.",
  ),
  "no-media": error("No audio or video", "FLV 10.1, E.4.1", "Players wait until they time out."),
};
