import type { VideoCodec, VideoConfig } from "../packet.ts";

export interface UsedSets<Sps> {
  readonly sps: SpsUnit<Sps>;
  readonly pps: Uint8Array;
}

/** A sequence parameter set beside what it says. */
export interface SpsUnit<Sps> {
  readonly unit: Uint8Array;
  readonly sps: Sps;
}

export interface NalSets<Sps> {
  /** Takes one; true when it is new or differs from before. @throws CorruptInputError */
  add(unit: Uint8Array): boolean;
  /** The sets that a slice is coded with; `null` while one of them is missing. */
  usedBy(slice: Uint8Array): UsedSets<Sps> | null;
  /** All units that pictures with this SPS may need, in the order in which they stand before a key frame. */
  unitsOf(sps: SpsUnit<Sps>): Uint8Array[];
}

/** A configuration record of ISO/IEC 14496-15, read. */
export interface NalRecord {
  /** Bytes of the length in front of each unit of a frame. */
  readonly lengthBytes: 1 | 2 | 4;
  readonly units: readonly Uint8Array[];
}

/** What the units of a codec are to its pictures. */
export type NalUnitUse =
  /** A slice of a key picture: decoding can begin here. */
  | "key-slice"
  | "slice"
  /** A slice of a picture that is shown before its key picture, and decoded by what stands before that. */
  | "leading-slice"
  | "parameter-set"
  /** It goes with its picture. */
  | "other"
  /** It says nothing in a container's frames. */
  | "framing"
  /** The same; what follows is decoded by nothing before it. */
  | "end-of-sequence"
  /** Decoders ignore it. */
  | "unknown";

/** What differs between the codecs whose pictures are made of NAL units. */
export interface NalCodec<Sps> {
  readonly codec: VideoCodec;
  /** For messages: "H.264", "an IDR picture". */
  readonly name: string;
  readonly keyPicture: string;
  readonly useOf: (unit: Uint8Array) => NalUnitUse;
  /** Whether other pictures may be decoded by a slice. */
  readonly isReferenced: (unit: Uint8Array) => boolean;
  /** What a unit is that decoders ignore: "nal_unit_type 24". */
  readonly describe: (unit: Uint8Array) => string;
  readonly isRecoveryPoint: (unit: Uint8Array) => boolean;
  readonly openSets: () => NalSets<Sps>;
  /** Null for private data that are Annex B. @throws CorruptInputError */
  readonly readRecord: (extradata: Uint8Array) => NalRecord | null;
  /** The settings of an SPS, whose units these are. */
  readonly settings: (
    sps: Sps,
    units: readonly Uint8Array[],
  ) => Pick<VideoConfig, "decoderConfig" | "width" | "height" | "maxReorderFrames">;
  /** Tells of pictures, in coding order, whether they are shown in another. */
  readonly openOrder: () => { isReordered(slice: Uint8Array, sps: Sps): boolean };
}
