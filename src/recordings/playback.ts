import { joinBytes } from "../media/flv/bytes.ts";
import { encodeHeader } from "../media/flv/header.ts";
import { joinedMetadata } from "../media/flv/joined-metadata.ts";
import { FlvJoiner } from "../media/flv/joiner.ts";
import { TagType } from "../media/flv/layout.ts";
import type { StreamRecordings } from "./segment.ts";
import { findEntry, readOpening, segmentEvents } from "./segment-opening.ts";
import { type Cut, playedMs } from "./span.ts";

/**
 * One FLV file of several segments' parts, piece by piece as it is read: from the key frame at or before the beginning of the
 * first, with timestamps from 0. Where nothing was recorded between two segments, time does not jump: the next frame comes
 * when it would if there were no gap, since players wait through a jump, or take it for an error.
 * @throws DiskError
 */
export async function* playback(
  recordings: StreamRecordings,
  cuts: readonly Cut[],
): AsyncGenerator<Uint8Array, void> {
  const joiner = new FlvJoiner();
  let hasBegun = false;
  for (const [at, cut] of cuts.entries()) {
    const { segment, fromMs, toMs } = cut;
    const opening = await readOpening(recordings, segment);
    if (opening === null) continue;
    const { tracks, metadata, configs } = opening;
    const entry = await findEntry(recordings, segment, opening, fromMs);
    joiner.beginFile(entry.timeMs);
    if (!hasBegun) {
      const startMs = segment.startMs + entry.timeMs;
      const durationMs = playedMs(cuts.slice(at)) + Math.max(0, fromMs - entry.timeMs);
      yield joinBytes([encodeHeader(tracks), joinedMetadata(metadata, { durationMs, startMs })]);
    }
    hasBegun = true;
    const mainTrack = tracks.video ? TagType.video : TagType.audio;
    const opens = configs.map((tag) => joiner.push(tag)).filter((tag) => tag !== null);
    if (opens.length > 0) yield joinBytes(opens);
    for await (const events of segmentEvents(recordings, segment, { tracks, position: entry.position })) {
      const tags = events.filter((event) => event.kind === "tag");
      const end = tags.findIndex(({ type, timestampMs }) => type === mainTrack && timestampMs >= toMs);
      const inside = end === -1 ? tags : tags.slice(0, end);
      const played = inside.map((tag) => joiner.push(tag)).filter((tag) => tag !== null);
      if (played.length > 0) yield joinBytes(played);
      if (end !== -1) break;
    }
  }
}
