/**
 * The common time of a frame, in microseconds of the wall clock, from its PTS on the clock of its input and the
 * time at which it arrived. Both tracks of one process share one such clock, so that their distance is kept.
 */
export type InputClock = (ptsUs: number, arrivalUs: number) => number;

/** Devices stamp wall-clock time already, counted from the whole second `baseS`. */
export function epochClock(baseS: number): InputClock {
  return (ptsUs) => ptsUs + baseS * 1e6;
}

/** Files, URLs and lavfi start anywhere: their first frame is taken to be of the moment in which it arrived. */
export function ownClock(): InputClock {
  let offsetUs: number | null = null;
  return (ptsUs, arrivalUs) => {
    offsetUs ??= arrivalUs - ptsUs;
    return ptsUs + offsetUs;
  };
}
