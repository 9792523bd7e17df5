import { closeFileMetadata, type KeyFrame, openFileMetadata } from "../../media/flv/file-metadata.ts";
import { encodeHeader } from "../../media/flv/header.ts";
import { headerBytes, previousTagSizeBytes, TagType, tagHeaderBytes } from "../../media/flv/layout.ts";
import { Muxer } from "../../media/flv/muxer.ts";
import { encodeTagHeader, type Tag } from "../../media/flv/tag.ts";
import { TrackTimes } from "../../media/flv/track-times.ts";
import type { ClipFile } from "../../recordings/clip.ts";
import { entryRoleOf } from "../output.ts";
import type { Kept, KeptFrame } from "./history.ts";

/** Of sound alone, a player may begin at each so many milliseconds. */
const SOUND_ENTRY_EVERY_MS = 1000;

/**
 * What is kept of a stream as a whole FLV file, whose time begins at 0: with its duration, size and an index of its key frames.
 * The frames in it are views of what is kept, not copies.
 * @param nowMs when it is made, in milliseconds since 1970: about when its last frame was captured
 */
export function clipFile(kept: Kept, nowMs: number): ClipFile {
  const { stream, startMs: fromMs, frames } = kept;
  const durationMs = durationOf(frames, fromMs);
  const startMs = kept.capturedMs ?? nowMs - durationMs;
  const [metadata, ...sequenceHeaders] = settingsOf(kept);
  const entries = entriesOf(kept);
  const opened = openFileMetadata(bodyOf(metadata), startMs, entries.size + 1);
  let position = sequenceHeaders.reduce((at, { bytes }) => at + bytes.length, headerBytes + opened.length);
  const keyFrames: KeyFrame[] = [];
  for (const frame of frames) {
    if (entries.has(frame)) keyFrames.push({ position, timeMs: frame.timestampMs - fromMs });
    position += tagHeaderBytes + frame.bytes;
  }
  const index = { durationMs, fileBytes: position, keyFrames, isRepaired: false };
  const closed = closeFileMetadata(opened, index);
  if (closed === null) throw new Error("the metadata of a clip has no room for its index");
  const parts = [
    encodeHeader(stream.tracks),
    closed,
    ...sequenceHeaders.map(({ bytes }) => bytes),
    ...frames.flatMap((frame) => [headerOf(frame, fromMs), ...frame.parts]),
  ];
  return { parts, bytes: position, durationMs, startMs, keyFrames };
}

function headerOf({ role, timestampMs, bytes }: KeptFrame, fromMs: number): Uint8Array {
  const type = role === "audio" ? TagType.audio : TagType.video;
  return encodeTagHeader(type, timestampMs - fromMs, bytes - previousTagSizeBytes);
}

/** The metadata, and a sequence header for each track, at time 0. */
function settingsOf({ stream, video, audio }: Kept): readonly Tag[] {
  const muxer = new Muxer(stream);
  return [video, audio].flatMap((config) => (config === null ? [] : muxer.push(config, 0)));
}

function bodyOf(tag: Tag | undefined): Uint8Array {
  if (tag === undefined) throw new Error("a clip of a stream without settings");
  return tag.bytes.subarray(tagHeaderBytes, tag.bytes.length - previousTagSizeBytes);
}

function entriesOf({ stream, frames }: Kept): ReadonlySet<KeptFrame> {
  const entries = frames.filter(({ role }) => role === entryRoleOf(stream.tracks));
  if (stream.tracks.video) return new Set(entries);
  let nextMs = 0;
  const spaced = entries.filter(({ timestampMs }) => {
    if (timestampMs < nextMs) return false;
    nextMs = timestampMs + SOUND_ENTRY_EVERY_MS;
    return true;
  });
  return new Set(spaced);
}

/** To the end of the track that is longest. */
function durationOf(frames: readonly KeptFrame[], startMs: number): number {
  const [video, audio] = [new TrackTimes(), new TrackTimes()];
  for (const { role, timestampMs } of frames) (role === "audio" ? audio : video).add(timestampMs - startMs);
  return Math.max(video.endMs, audio.endMs);
}
