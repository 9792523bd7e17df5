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
  let invented: InventedSound | null = null;
  let staleFrames = 0;
  return (ptsUs, arrivalUs) => {
    const timeUs = ptsUs + baseS * 1e6;
    if (invented === null) {
      const nowUs = wallUs();
      const offsetUs = timeUs - nowUs;
      if (Math.abs(offsetUs) > MAX_FIRST_OFFSET_US) {
        staleFrames += 1;
        if (staleFrames <= MAX_STALE_FRAMES) return null;
        throw new ForeignClockError(`its clock is ${Math.round(offsetUs / 1e6)} s off the system's`);
      }
      invented = new InventedSound({ timeUs, arrivalUs }, nowUs);
    }
    return invented.has({ timeUs, arrivalUs }) ? null : timeUs;
  };
}

/** Frames this much ahead of those before were made of nothing, or the clock was set. */
const AHEAD_US = 500_000;
/** So much of what comes is looked at to tell whether it comes in time again. */
const WINDOW_US = 200_000;

/**
 * When the clock is set forward, ffmpeg's `aresample=async` fills the step with silence: an hour of it in a second. What
 * comes much faster than time is that; a stamp that jumps, or goes back, is only the clock.
 */
class InventedSound {
  #last: Arrival;
  /** What a frame's arrival is after its stamp at the least. */
  #leastWayUs: number;
  /** Where the window began in which the sound came too fast; null while it comes in time. */
  #window: Arrival | null = null;

  /** `first` is the first frame, and at its arrival the wall clock said `wallUs`. */
  constructor(first: Arrival, wallUs: number) {
    this.#last = first;
    this.#leastWayUs = first.arrivalUs - wallUs;
  }

  has(frame: Arrival): boolean {
    const distanceUs = frame.timeUs - this.#last.timeUs;
    const elapsedUs = frame.arrivalUs - this.#last.arrivalUs;
    this.#last = frame;
    if (Math.abs(distanceUs) > AHEAD_US) {
      this.#window = null;
      this.#leastWayUs += Math.min(elapsedUs, AHEAD_US) - distanceUs;
      return false;
    }
    return this.#isAhead(frame) && !this.#isInTimeAgain(frame);
  }

  #isAhead({ timeUs, arrivalUs }: Arrival): boolean {
    return this.#leastWayUs - (arrivalUs - timeUs) > AHEAD_US;
  }

  #isInTimeAgain(frame: Arrival): boolean {
    this.#window ??= frame;
    const cameUs = frame.timeUs - this.#window.timeUs;
    if (cameUs < WINDOW_US) return false;
    const isInTime = frame.arrivalUs - this.#window.arrivalUs >= cameUs / 2;
    if (isInTime) this.#leastWayUs = frame.arrivalUs - frame.timeUs;
    this.#window = isInTime ? null : frame;
    return isInTime;
  }
}

interface Arrival {
  readonly timeUs: number;
  readonly arrivalUs: number;
}

/** Files, URLs and lavfi start anywhere: their first frame is taken to be of the moment in which it arrived. */
export function ownClock(): InputClock {
  let offsetUs: number | null = null;
  return (ptsUs, arrivalUs) => {
    offsetUs ??= arrivalUs - ptsUs;
    return ptsUs + offsetUs;
  };
}
