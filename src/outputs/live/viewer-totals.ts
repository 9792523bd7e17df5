export interface ViewerTotals {
  /** How often one fell behind and was taken on to a later key frame. */
  readonly skips: number;
  /** Dropped because their connection stood still. */
  readonly stalls: number;
  /** Sent away by `Hub.remove`. */
  readonly removals: number;
  /** Gone, for whatever reason. */
  readonly departures: number;
  /** Bytes that were sent to those, framing included. */
  readonly departedBytes: number;
}

export type ViewerTally = { -readonly [Name in keyof ViewerTotals]: number };

export const newTally = (): ViewerTally => ({
  ...{ skips: 0, stalls: 0, removals: 0 },
  ...{ departures: 0, departedBytes: 0 },
});
