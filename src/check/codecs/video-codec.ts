import type { Place } from "../finding.ts";

/** What the settings of a video track say. */
export interface VideoFormat {
  /** As browsers and manifests name it (RFC 6381): `avc1.64001f`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Where the settings do not tell, null. */
  readonly maxReorderFrames: number | null;
}

export interface VideoCodecJudge {
  /** Null while no settings could be read. */
  readonly format: VideoFormat | null;
  /** A sequence header's record. */
  configure(record: Buffer, place: Place): void;
  /** A frame, marked as `frameType`. @returns whether it has B slices */
  read(data: Buffer, frameType: number, place: Place): boolean;
}
