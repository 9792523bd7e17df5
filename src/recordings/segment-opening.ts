import { CorruptInputError } from "../media/corrupt-input.ts";
import { FlvDemuxer, type FlvEvent, type FlvTagEvent } from "../media/flv/demuxer.ts";
import type { KeyFrame } from "../media/flv/file-metadata.ts";
import { encodeHeader } from "../media/flv/header.ts";
import { readKeyFrames } from "../media/flv/joined-metadata.ts";
import { headerBytes, TagType } from "../media/flv/layout.ts";
import { readMessageBody } from "../media/flv/message-body.ts";
import type { Tracks } from "../media/packet.ts";
import type { Segment, StreamRecordings } from "./segment.ts";
import { readSegment } from "./segment-reader.ts";

export interface SegmentOpening {
  readonly tracks: Tracks;
  /** Body of its onMetaData; null where there is none. */
  readonly metadata: Uint8Array | null;
  readonly configs: readonly FlvTagEvent[];
  readonly first: KeyFrame;
}

/** Null where it has no frame. @throws DiskError */
export async function readOpening(
  recordings: StreamRecordings,
  segment: Segment,
): Promise<SegmentOpening | null> {
  let tracks: Tracks | null = null;
  let metadata: Uint8Array | null = null;
  const configs: FlvTagEvent[] = [];
  for await (const events of segmentEvents(recordings, segment)) {
    for (const event of events) {
      if (event.kind === "header") tracks = event.tracks;
      else if (event.type === TagType.script) metadata ??= event.body;
      else if (isFrame(event) && tracks !== null)
        return { tracks, metadata, configs, first: { position: event.offset, timeMs: event.timestampMs } };
      else configs.push(event);
    }
  }
  return null;
}

/** The last entry at or before a time: by the index, or where there is none yet, by reading all before it. */
export async function findEntry(
  recordings: StreamRecordings,
  segment: Segment,
  { metadata, tracks, first }: SegmentOpening,
  timeMs: number,
): Promise<KeyFrame> {
  if (timeMs <= first.timeMs) return first;
  const indexed = readKeyFrames(metadata).filter(({ position }) => position >= first.position);
  if (indexed.length > 0) return indexed.findLast((entry) => entry.timeMs <= timeMs) ?? first;
  let found = first;
  for await (const events of segmentEvents(recordings, segment, { tracks, position: first.position })) {
    for (const event of events) {
      if (event.kind !== "tag") continue;
      if (event.timestampMs > timeMs) return found;
      if (isEntry(event, tracks)) found = { position: event.offset, timeMs: event.timestampMs };
    }
  }
  return found;
}

/**
 * The tags of a segment with their places in the file, from its beginning or from one of its tags on, as far as they are
 * whole. What is corrupt is its end. @throws DiskError
 */
export async function* segmentEvents(
  recordings: StreamRecordings,
  segment: Segment,
  from: { readonly tracks: Tracks; readonly position: number } | null = null,
): AsyncGenerator<readonly FlvEvent[], void> {
  const demuxer = new FlvDemuxer();
  if (from !== null) demuxer.push(encodeHeader(from.tracks));
  const start = from?.position ?? 0;
  const shift = from === null ? 0 : start - headerBytes;
  for await (const piece of readSegment(recordings, segment, start, segment.bytes)) {
    const events: FlvEvent[] = [];
    const isSound = pushed(demuxer, piece, events);
    yield events.map((event) => (event.kind === "tag" ? { ...event, offset: event.offset + shift } : event));
    if (!isSound) return;
  }
}

function pushed(demuxer: FlvDemuxer, piece: Uint8Array, events: FlvEvent[]): boolean {
  try {
    demuxer.push(piece, events);
    return true;
  } catch (error) {
    if (error instanceof CorruptInputError) return false;
    throw error;
  }
}

function isFrame(tag: FlvTagEvent): boolean {
  const { kind } = readMessageBody(tag);
  return kind === "video-frame" || kind === "audio-frame" || kind === "unsupported";
}

function isEntry(tag: FlvTagEvent, { video }: Tracks): boolean {
  const body = readMessageBody(tag);
  return video ? body.kind === "video-frame" && body.isKey : body.kind === "audio-frame";
}
