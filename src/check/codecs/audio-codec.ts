import type { Place } from "../finding.ts";
import type { TagUnit } from "../unit.ts";

/** What sound is played by. */
export interface AudioFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samplesPerFrame: number;
  /** What is heard, where that may be more: see `AacFormat.output`. */
  readonly output?: Pick<AudioFormat, "sampleRateHz" | "channels">;
}

export interface AudioCodecJudge {
  /** For people: `mp4a.40.2`; null while it is not known. */
  readonly name: string | null;
  /** Of the last frame; null while it is not known. */
  readonly format: AudioFormat | null;
  /** AAC's, where its settings tell: SBR doubles the rate that is heard, PS the channels. */
  readonly extension?: 5 | 29 | null;
  /** A sequence header; missing for a codec that has none. */
  configure?(record: Buffer, place: Place): void;
  /** A frame, and the tag in which it stands. */
  read(data: Buffer, tag: TagUnit): void;
}

/** SoundRate (FLV 10.1, E.4.2.1). */
export const FLV_RATES_HZ: readonly number[] = [5_512, 11_025, 22_050, 44_100];
