import type { Faults } from "./faults.ts";
import type { TrackTimes } from "./track-times.ts";
import type { HeaderUnit } from "./unit.ts";

/** TypeFlags (FLV 10.1, E.2). */
const AUDIO = 0b100;
const VIDEO = 0b001;
/** A track that has not begun so long after the other will not. */
const TRACK_TIMEOUT_MS = 1000;

const AT_FLAGS = { offset: 4, tag: null, timestampMs: null } as const;

/** Holds the tracks that the header promises against those that came. */
export function judgePresence(
  header: HeaderUnit | null,
  { video, audio }: { readonly video: TrackTimes; readonly audio: TrackTimes },
  isWhole: boolean,
  faults: Faults,
): void {
  const has = { video: video.firstMs !== null, audio: audio.firstMs !== null };
  if (header === null || (!has.video && !has.audio)) return;
  const flags = `TypeFlags ${header.typeFlags}`;
  const isLongEnough = (track: TrackTimes) => isWhole || track.isBroken || track.spanMs >= TRACK_TIMEOUT_MS;
  const promises = (flag: number) => (header.typeFlags & flag) !== 0;
  if (promises(AUDIO) && !has.audio && isLongEnough(video))
    faults.report("header-promises-audio", `${flags}, but only video`, AT_FLAGS);
  if (promises(VIDEO) && !has.video && isLongEnough(audio))
    faults.report("header-promises-video", `${flags}, but only audio`, AT_FLAGS);
  if (!promises(AUDIO) && has.audio) faults.report("header-hides-audio", flags, AT_FLAGS);
  if (!promises(VIDEO) && has.video) faults.report("header-hides-video", flags, AT_FLAGS);
}

/** Judges a stream without pictures and sound. What explains the emptiness is the fault, and not the emptiness. */
export function judgeEmptiness(
  {
    totalBytes,
    tags,
    hasMedia,
  }: { readonly totalBytes: number; readonly tags: number; readonly hasMedia: boolean },
  faults: Faults,
): void {
  if (totalBytes === 0) faults.report("stream-empty", "0 bytes");
  const isExplained = faults.has(
    ...(["signature-wrong", "header-truncated", "stream-empty", "tag-encrypted", "sync-lost"] as const),
    ...(["tag-empty", "stream-truncated"] as const),
  );
  if (!hasMedia && !isExplained && totalBytes > 0)
    faults.report("no-media", `${tags} tags in ${totalBytes} bytes`);
}
