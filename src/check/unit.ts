import type { Place } from "./finding.ts";

/** What a stream falls apart into, as it stands there: nothing is judged yet. */
export type Unit = HeaderUnit | TagUnit;

/** The FLV header (Adobe FLV 10.1, E.2) and PreviousTagSize0 (E.3). */
export interface HeaderUnit {
  readonly kind: "header";
  readonly signature: string;
  readonly version: number;
  readonly typeFlags: number;
  readonly dataOffset: number;
  /** null where the first tag stands in its place. */
  readonly previousTagSize0: number | null;
}

/** A tag (E.4.1) and its PreviousTagSize. */
export interface TagUnit {
  readonly kind: "tag";
  /** The first is 1. */
  readonly number: number;
  readonly offset: number;
  /** When its last byte came, on any monotonic clock; null for a file. */
  readonly arrivalMs: number | null;
  /** Reserved (2 bits), Filter, TagType (5 bits). */
  readonly typeByte: number;
  /** SI32: TimestampExtended is its high byte. */
  readonly timestampMs: number;
  readonly streamId: number;
  /** A view that lives until more bytes are pushed. */
  readonly body: Buffer;
}

export function placeOf({ offset, number, timestampMs }: TagUnit): Place {
  return { offset, tag: number, timestampMs };
}

/** What the tag is of, whatever stands in the reserved bits. */
export function tagType({ typeByte }: TagUnit): number {
  return typeByte & 0x1f;
}
