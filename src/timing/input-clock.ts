/**
 * The common time of a frame, in microseconds of the wall clock as it was when this process began, carried on by the
 * monotonic clock; from its PTS on the clock of its input and the time at which it arrived. Null for a frame that is of no
 * time. Both tracks of one process share one such clock, so that their distance is kept.
 */
export type InputClock = (ptsUs: number, arrivalUs: number) => number | null;

/** A frame this far from its arrival was not stamped with wall-clock time. */
const MAX_FIRST_OFFSET_US = 10e6;
/** A driver may first hand out buffers of an earlier use, with their old stamps or none (v4l2loopback 0.12 does). */
const MAX_STALE_FRAMES = 10;

/** A device was taken to stamp wall-clock time, and does not. */
export class ForeignClockError extends Error {
  override readonly name = "ForeignClockError";
}

/**
 * Devices stamp wall-clock time, counted from the whole second `baseS`; `setUs` is how far that clock has been set by now,
 * which is taken out. The first frames are held against their arrival, until one is of now: then the device is trusted.
 *
 * When the clock is set, nothing that this process still sends is of any use. ffmpeg smooths stamps with a filter
 * (libavdevice/timefilter.c) that takes a step in pieces and overshoots: of an hour forward V4L2 makes leaps of 3,085, 1,500
 * and 264 s, and then holds the last stamp, as it does of an hour back (5.1, at 10 pictures a second). `aresample=async`
 * makes an hour of silence of the one, and sends nothing for the other. It is to be restarted.
 *
 * @throws ForeignClockError when no frame is of now
 */
export function epochClock(baseS: number, setUs: () => number): InputClock {
  let trustedAtUs: number | null = null;
  let staleFrames = 0;
  return (ptsUs, arrivalUs) => {
    const nowSetUs = setUs();
    const timeUs = ptsUs + baseS * 1e6 - nowSetUs;
    if (trustedAtUs === null) {
      const offsetUs = timeUs - arrivalUs;
      if (Math.abs(offsetUs) > MAX_FIRST_OFFSET_US) {
        staleFrames += 1;
        if (staleFrames <= MAX_STALE_FRAMES) return null;
        throw new ForeignClockError(
          `its clock differs from the system clock by ${Math.round(offsetUs / 1e6)} s`,
        );
      }
      trustedAtUs = nowSetUs;
    }
    return nowSetUs === trustedAtUs ? timeUs : null;
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
