import { error, type FaultKind, warning } from "../finding.ts";

/** Header and tags: what holds the stream together. */
export const containerFaults = {
  "stream-empty": error("There is not a single byte", "FLV 10.1, E.2", "Players wait until they give up."),
  "signature-wrong": error(
    "It does not begin with the FLV signature",
    "FLV 10.1, E.2 (Signature)",
    "No player takes it for FLV: mpegts.js and ffmpeg refuse it.",
  ),
  "header-missing": error(
    "The FLV header is missing: tags begin at once",
    "FLV 10.1, E.2",
    "mpegts.js and ffmpeg refuse what does not begin with FLV.",
  ),
  "header-truncated": error(
    "The stream ends within the FLV header",
    "FLV 10.1, E.2",
    "Players wait until they give up.",
  ),
  "header-version": error(
    "The FLV version is not 1",
    "FLV 10.1, E.2 (Version)",
    "mpegts.js refuses any version but 1; ffmpeg takes those below 5.",
  ),
  "header-reserved-bits": warning(
    "Reserved bits are set in TypeFlags",
    "FLV 10.1, E.2 (TypeFlagsReserved)",
    "Most players ignore them; a strict reader refuses the stream.",
  ),
  "header-data-offset": error(
    "DataOffset does not lead to the first tag",
    "FLV 10.1, E.2 (DataOffset)",
    "Players begin to read in the wrong place; mpegts.js refuses values below 9.",
  ),
  "header-promises-audio": error(
    "The header promises audio, and none comes",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "mpegts.js waits for the sound for ever and shows nothing; ffmpeg and VLC start late.",
  ),
  "header-promises-video": error(
    "The header promises video, and none comes",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "mpegts.js waits for the picture for ever and plays nothing; ffmpeg and VLC start late.",
  ),
  "header-hides-audio": warning(
    "There is audio that the header does not announce",
    "FLV 10.1, E.2 (TypeFlagsAudio)",
    "Players that go by the header stay silent, or see a track appear after they have begun.",
  ),
  "header-hides-video": warning(
    "There is video that the header does not announce",
    "FLV 10.1, E.2 (TypeFlagsVideo)",
    "Players that go by the header show no picture, or see a track appear after they have begun.",
  ),
  "header-repeated": error(
    "A second FLV header stands among the tags",
    "FLV 10.1, E.3",
    "Players take it for a tag and lose their place in the stream.",
  ),
  "previous-tag-size-0": warning(
    "PreviousTagSize0 is not 0",
    "FLV 10.1, E.3 (PreviousTagSize0)",
    "mpegts.js complains in its log; a strict reader refuses the stream.",
  ),
  "previous-tag-size-0-missing": error(
    "PreviousTagSize0 is missing: the first tag stands in its place",
    "FLV 10.1, E.3 (PreviousTagSize0)",
    "Players read four bytes too far, and every tag after it wrong.",
  ),
  "previous-tag-size": warning(
    "PreviousTagSize is not the size of the tag before it",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "mpegts.js complains in its log; ffmpeg searches for the next tag; seeking backwards fails.",
  ),
  "previous-tag-size-left-out": error(
    "PreviousTagSize is left out behind a tag",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "Players read four bytes too far: mpegts.js stops, ffmpeg searches for the next tag.",
  ),
  "previous-tag-size-missing": warning(
    "The last PreviousTagSize is missing",
    "FLV 10.1, E.3 (PreviousTagSize)",
    "mpegts.js never shows the last frame; tools that append to the file break it.",
  ),
  "tag-size-wrong": error(
    "DataSize is not the size of the tag's data",
    "FLV 10.1, E.4.1 (DataSize)",
    "Players read what follows in the wrong place: mpegts.js stops, ffmpeg drops frames.",
  ),
  "tag-type-unknown": warning(
    "A tag is neither audio, video nor script",
    "FLV 10.1, E.4.1 (TagType)",
    "Most players skip it; a strict reader ends there.",
  ),
  "tag-reserved-bits": error(
    "Reserved bits are set in a tag's type",
    "FLV 10.1, E.4.1 (Reserved)",
    "mpegts.js takes the whole byte for the type and skips the tag.",
  ),
  "tag-encrypted": error(
    "Tags are marked as encrypted",
    "FLV 10.1, E.4.1 (Filter), annex F",
    "No browser player and no ffmpeg decrypts Adobe's scheme: the tags are skipped.",
  ),
  "tag-stream-id": warning(
    "StreamID is not 0",
    "FLV 10.1, E.4.1 (StreamID)",
    "mpegts.js complains in its log; ffmpeg ignores it; a strict reader refuses the stream.",
  ),
  "tag-empty": warning(
    "Audio or video tags are empty",
    "FLV 10.1, E.4.2, E.4.3",
    "mpegts.js and ffmpeg skip them.",
  ),
  "sync-lost": error(
    "Bytes stand between the tags that belong to none",
    "FLV 10.1, E.3",
    "mpegts.js takes them for a tag and stops; ffmpeg searches for the next one.",
  ),
  "stream-truncated": warning(
    "The stream ends within a tag",
    "FLV 10.1, E.3",
    "The last frame is lost; it shows that the writer was cut off.",
  ),
  "no-media": error(
    "There is neither audio nor video",
    "FLV 10.1, E.4.1",
    "Players wait until they give up.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
