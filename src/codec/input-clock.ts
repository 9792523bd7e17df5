/**
 * The common time of a frame, in microseconds of the wall clock, from its PTS on the clock of its input and the
 * time at which it arrived; null for a frame that is of no time. Both tracks of one process share one such clock, so
 * that their distance is kept.
 */
export type InputClock = (ptsUs: number, arrivalUs: number) => number | null;

/** A frame this far from now was not stamped with wall-clock time. */
const MAX_FIRST_OFFSET_US = 10e6;
/** A driver may first hand out buffers of an earlier use, with their old stamps or none (v4l2loopback 0.12 does). */
const MAX_STALE_FRAMES = 10;

/** A device was taken to stamp wall-clock time, and does not. */
export class ForeignClockError extends Error {
  override readonly name = "ForeignClockError";
}

/**
 * Devices stamp wall-clock time already, counted from the whole second `baseS`. The first frames are held against
 * `wallUs`, the system's clock as it is now, until one is of now: then the device is trusted, since the system's clock
 * may step.
 *
 * @throws ForeignClockError when none is
 */
export function epochClock(baseS: number, wallUs: () => number): InputClock {
  let isTrusted = false;
  let staleFrames = 0;
  return (ptsUs) => {
    const timeUs = ptsUs + baseS * 1e6;
    if (!isTrusted) {
      const offsetUs = timeUs - wallUs();
      if (Math.abs(offsetUs) > MAX_FIRST_OFFSET_US) {
        staleFrames += 1;
        if (staleFrames <= MAX_STALE_FRAMES) return null;
        throw new ForeignClockError(`its clock is ${Math.round(offsetUs / 1e6)} s off the system's`);
      }
      isTrusted = true;
    }
    return timeUs;
  };
}

/** Files, URLs and lavfi start anywhere: their first frame is taken to be of the moment in which it arrived. */
export function ownClock(): InputClock {
  let offsetUs: number | null = null;
  return (ptsUs, arrivalUs) => {
    offsetUs ??= arrivalUs - ptsUs;
    return ptsUs + offsetUs;
  };
}
