import { FlvDemuxer } from "../../../src/media/flv/demuxer.ts";
import { openFileMetadata } from "../../../src/media/flv/file-metadata.ts";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { previousTagSizeBytes, tagHeaderBytes } from "../../../src/media/flv/layout.ts";
import { Muxer } from "../../../src/media/flv/muxer.ts";
import type { Tag } from "../../../src/media/flv/tag.ts";
import type { Packet } from "../../../src/media/packet.ts";
import { bytes } from "./hex.ts";
import { audioConfig, picture, sound, videoConfig } from "./packets.ts";

export const START_MS = Date.UTC(2026, 10, 29, 14, 5, 0, 123);
const tracks = { video: true, audio: true };

/** Parts of a file that is being written: the header, and tags, each whole. */
export function filePart(
  frames: readonly (readonly [Packet, number])[],
  maxKeyFrames = 4,
  startMs = START_MS,
): Uint8Array[] {
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "flvcast 0.1.0" });
  const packets = [[videoConfig, 0], [audioConfig, 0], ...frames] as const;
  const tags = packets.flatMap(([packet, timestampMs]) => muxer.push(packet, timestampMs));
  return [
    encodeHeader(tracks),
    ...tags.map((tag) => (tag.role === "metadata" ? opened(tag, maxKeyFrames, startMs) : tag.bytes)),
  ];
}

function opened({ bytes: tag }: Tag, maxKeyFrames: number, startMs: number): Uint8Array {
  return openFileMetadata(
    tag.subarray(tagHeaderBytes, tag.length - previousTagSizeBytes),
    startMs,
    maxKeyFrames,
  );
}

export const key = picture([bytes("658884")], true);
export const delta = picture([bytes("419a")]);
export const audio = sound(bytes("2110"));

/** A key frame every 200 ms, a frame every 40 ms, sound every 20 ms; ends before `untilMs`. */
export function framesUntil(untilMs: number): (readonly [Packet, number])[] {
  const frames: (readonly [Packet, number])[] = [];
  for (let ms = 0; ms < untilMs; ms += 20) {
    if (ms % 40 === 0) frames.push([ms % 200 === 0 ? key : delta, ms]);
    frames.push([audio, ms]);
  }
  return frames;
}

/** Where each unit, the header or a tag, ends in a file. */
export function unitEnds(file: Uint8Array): number[] {
  let end = 0;
  return new FlvDemuxer().push(file).map((event) => (end += event.bytes.length));
}
