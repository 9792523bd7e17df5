/** What a stream turned out to be, to hold its own words against; null where it was not to be seen. */
export interface MediaFacts {
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  /** CodecID, or a FourCC. */
  readonly videoCodecId: number | string | null;
  /** SoundFormat, or a FourCC. */
  readonly audioCodecId: number | string | null;
  /** Of the coded frames. */
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly extension: 5 | 29 | null;
  readonly isLive: boolean;
  /** The time of the last frame. */
  readonly lastMs: number;
  /** How long a file is that was read whole. */
  readonly fileSpanMs: number | null;
}
