import { CorruptInputError } from "../corrupt-input.ts";
import {
  type Amf0Property,
  Amf0Reader,
  type Amf0Value,
  decodeAmf0,
  encodeAmf0,
  Marker,
  propertiesOf,
  property,
} from "./amf0.ts";
import { headerBytes, previousTagSizeBytes, TagType, tagHeaderBytes } from "./layout.ts";
import { encodeTag } from "./tag.ts";

/**
 * The onMetaData tag of a file. It keeps room for an index of key frames: a strict array of zeros, since ffmpeg complains of
 * a string that is long. When the file is done, the tag is written again at the same size.
 */

/** Where a player may begin. */
export interface KeyFrame {
  /** Of its tag, from the beginning of the file. */
  readonly position: number;
  readonly timeMs: number;
}

/** What is known of a file when it is done. */
export interface FileIndex {
  readonly durationMs: number;
  readonly fileBytes: number;
  readonly keyFrames: readonly KeyFrame[];
  /** Its end is where whatever wrote it was cut off. */
  readonly isRepaired: boolean;
}

/** What the beginning of a file says of the whole. */
export interface FileHead extends Omit<FileIndex, "keyFrames"> {
  /** When its first frame was captured, in milliseconds since 1970. */
  readonly startMs: number;
}

/** Bytes of a file that `readFileHead` needs. */
export const fileHeadBytes = 256;

/**
 * The tag of a file that begins.
 * @param streamMetadata body of the stream's own onMetaData
 * @param maxKeyFrames for which there is room
 */
export function openFileMetadata(
  streamMetadata: Uint8Array,
  startMs: number,
  maxKeyFrames: number,
): Uint8Array {
  return metadataTag([
    ["duration", 0],
    ["filesize", 0],
    ["starttime", new Date(startMs).toISOString()],
    ["repaired", false],
    ...(onMetaData(streamMetadata) ?? []),
    ["keyframes", indexOf([])],
    ["spare", zeros(2 * maxKeyFrames)],
  ]);
}

/** The same tag, as long as before, when the file is done; null where it is not one of ours. */
export function closeFileMetadata(tag: Uint8Array, index: FileIndex): Uint8Array | null {
  const properties = onMetaData(tag.subarray(tagHeaderBytes, tag.length - previousTagSizeBytes));
  const room = properties === null ? null : roomOf(properties);
  if (properties === null || room === null) return null;
  // By custom, the first entry is that of the sequence header behind this tag: mpegts.js passes it over.
  const sequenceHeader = { position: headerBytes + tag.length, timeMs: 0 };
  const everyNth = Math.max(1, Math.ceil(index.keyFrames.length / Math.max(1, room - 1)));
  const spread = index.keyFrames.filter((_, at) => at % everyNth === 0);
  const kept = [sequenceHeader, ...spread].slice(0, room);
  const changed: Readonly<Record<string, Amf0Value>> = {
    duration: index.durationMs / 1000,
    filesize: index.fileBytes,
    repaired: index.isRepaired,
    keyframes: indexOf(kept),
    spare: zeros(2 * (room - kept.length)),
  };
  return metadataTag(properties.map(([name, value]) => [name, changed[name] ?? value]));
}

/** Null where a file does not begin as ours do. */
export function readFileHead(head: Uint8Array): FileHead | null {
  const signature = String.fromCharCode(...head.subarray(0, 3));
  return signature === "FLV" ? readMetadataTag(head.subarray(headerBytes)) : null;
}

/** Of the tag, or as much of it as a head has. */
export function readMetadataTag(tag: Uint8Array): FileHead | null {
  if (tag[0] !== TagType.script) return null;
  try {
    return readOurs(new Amf0Reader(tag.subarray(tagHeaderBytes), 0));
  } catch (error) {
    if (error instanceof CorruptInputError) return null;
    throw error;
  }
}

function readOurs(reader: Amf0Reader): FileHead | null {
  if (reader.u8() !== Marker.string || reader.utf8(reader.u16()) !== "onMetaData") return null;
  if (reader.u8() !== Marker.ecmaArray) return null;
  reader.u32();
  const next = (name: string, marker: number) => reader.utf8(reader.u16()) === name && reader.u8() === marker;
  if (!next("duration", Marker.number)) return null;
  const durationMs = Math.round(reader.double() * 1000);
  if (!next("filesize", Marker.number)) return null;
  const fileBytes = reader.double();
  if (!next("starttime", Marker.string)) return null;
  const startMs = Date.parse(reader.utf8(reader.u16()));
  if (!next("repaired", Marker.boolean) || !Number.isFinite(startMs + durationMs + fileBytes)) return null;
  return { durationMs, fileBytes, startMs, isRepaired: reader.u8() !== 0 };
}

function metadataTag(properties: readonly Amf0Property[]): Uint8Array {
  return encodeTag(TagType.script, 0, [encodeAmf0("onMetaData", { kind: "ecma-array", properties })]);
}

/** What the body of a script tag has; null where it is no onMetaData, or cannot be read. */
export function onMetaData(body: Uint8Array): readonly Amf0Property[] | null {
  try {
    const [name, value] = decodeAmf0(body);
    return name === "onMetaData" ? propertiesOf(value) : null;
  } catch (error) {
    if (error instanceof CorruptInputError) return null;
    throw error;
  }
}

/** Key frames for which a tag has room, used or not; null where it is not one of ours. */
function roomOf(properties: readonly Amf0Property[]): number | null {
  const known = new Map(properties);
  const positions = property(known.get("keyframes"), "filepositions");
  const spare = known.get("spare");
  const isOurs = ["duration", "filesize", "starttime", "repaired"].every((name) => known.has(name));
  if (!isOurs || !Array.isArray(positions) || !Array.isArray(spare)) return null;
  return positions.length + spare.length / 2;
}

/** As flvmeta and mpegts.js know it: where key frames are, and when, in seconds. */
function indexOf(keyFrames: readonly KeyFrame[]): Amf0Value {
  return {
    kind: "object",
    properties: [
      ["filepositions", keyFrames.map(({ position }) => position)],
      ["times", keyFrames.map(({ timeMs }) => timeMs / 1000)],
    ],
  };
}

const zeros = (count: number): readonly number[] => Array<number>(count).fill(0);
