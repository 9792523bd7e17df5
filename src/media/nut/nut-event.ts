import { Buffer } from "node:buffer";
import { type FrameHeader, skipSideData } from "./frame.ts";
import { NutReader } from "./reader.ts";

/** What a NUT stream tells: a stream, new or changed, or one frame of it. */
export type NutEvent = NutStreamEvent | NutFrameEvent;

/** A stream header that is new or has changed; comes before the stream's frames. */
export interface NutStreamEvent {
  readonly kind: "stream";
  readonly streamId: number;
  readonly mediaClass: "video" | "audio" | "other";
  /** As written, one character a byte: "H264", but "\xff\0\0\0" for AAC (its WAVE format tag). */
  readonly fourcc: string;
  /** codec_specific_data; empty when there is none. */
  readonly extradata: Uint8Array;
}

/** One frame with its presentation time. */
export interface NutFrameEvent {
  readonly kind: "frame";
  readonly streamId: number;
  /** pts in microseconds; not rounded. */
  readonly timeUs: number;
  readonly isKey: boolean;
  /** A view into the chunk where the frame lies whole in one, else a buffer of its own. */
  readonly data: Uint8Array;
}

/** The event of a frame whose payload has come; null when nothing is coded in it. */
export function frameEvent(
  { stream, pts, isKey, elided, hasSideData }: FrameHeader,
  coded: Uint8Array,
  offset: number,
): NutFrameEvent | null {
  const { streamId, timeBase } = stream.header;
  const payload = hasSideData ? withoutSideData(coded, offset) : coded;
  const data = elided.length === 0 ? payload : Buffer.concat([elided, payload]);
  if (data.length === 0) return null; // end of relevance
  return { kind: "frame", streamId, timeUs: (pts * 1e6 * timeBase.num) / timeBase.den, isKey, data };
}

function withoutSideData(coded: Uint8Array, offset: number): Uint8Array {
  const reader = new NutReader(coded, offset);
  skipSideData(reader);
  return coded.subarray(reader.position);
}
