import type { TrackName } from "../media/packet.ts";

/** A stamp that differs from its arrival by this much more than the one before shows that its clock has been set. */
const STEP_US = 500_000;
/** Pictures closer than this are none of a camera's: ffmpeg holds stamps that go back at the last one's place. */
const LEAST_DISTANCE_US = 1000;
/** So many such pictures in a row, and the stamps tell nothing. */
const HELD_FRAMES = 3;
/** A source's first frame may have waited this long in the process that was just started. */
const MAX_FIRST_WAIT_US = 3e6;
/** A source that nobody knows yet is believed when its first frame is this near to its arrival. */
const MAX_UNKNOWN_OFFSET_US = 10e6;
const ANCHORING_US = 2e6;
/** What queued up in a stall is through much sooner. */
const MISFIT_US = 2e6;
/** A leap of the stamps that a stall would explain is kept in mind for so long: what queued up in it may tell. */
const LEAP_US = 10e6;
/** How fast the shortest way known is forgotten, in parts of the time: no clock drifts this much. */
const FORGETTING = 0.01;

/**
 * Takes the steps of a source's own clock, a network camera's or those of a file's stamps, out of the frames' times. What
 * stays steady is the arrival, counted by the monotonic clock: a stamp that jumps against it was set again. Each track sees a step at its own
 * frame, so each has its own correction; they agree on one number, so that the distance of sound and picture stays exact.
 */
export class ClockSteps {
  readonly #clocks: Readonly<Record<TrackName, TrackClock>> = {
    video: new TrackClock(),
    audio: new TrackClock(),
  };

  /** A new process sends the track: its stamps may begin anywhere. */
  begins(track: TrackName): void {
    this.#clocks[track].begin();
  }

  timeUs(track: TrackName, stampUs: number, arrivalUs: number): number {
    const other = this.#clocks[track === "video" ? "audio" : "video"];
    return this.#clocks[track].timeUs({ stampUs, arrivalUs }, other.correctionUs);
  }
}

interface Stamp {
  readonly stampUs: number;
  readonly arrivalUs: number;
}

/** Stamps that went ahead by more than a frame: frames may be missing, or the clock was set. */
interface Leap {
  readonly byUs: number;
  /** How much less it may have been, as frames waited on their way. */
  readonly slackUs: number;
  readonly arrivalUs: number;
  /** The shortest way as it was known before. */
  readonly leastWayUs: number;
}

class TrackClock {
  #correctionUs: number | null = null;
  /** The frame before; null before a source's first. */
  #last: Stamp | null = null;
  #distanceUs = 0;
  /** The last frame whose stamp told something, and the frames since whose stamps did not. */
  #told: Stamp | null = null;
  #heldFrames = 0;
  /** While stamps are held: the time of a frame, less its arrival. */
  #heldOffsetUs = 0;
  /** The shortest way from capture to arrival, as far as it is remembered. */
  #leastWayUs: number | null = null;
  #misfitSinceUs: number | null = null;
  #leap: Leap | null = null;
  /** Until then a source that was anchored by an arrival may turn out to be quicker than that one frame. */
  #anchorsUntilUs = Number.NEGATIVE_INFINITY;

  /** What is added to this track's stamps; null before its first frame. */
  get correctionUs(): number | null {
    return this.#correctionUs;
  }

  begin(): void {
    this.#last = null;
    this.#heldFrames = 0;
    this.#misfitSinceUs = null;
    this.#leap = null;
  }

  timeUs(stamp: Stamp, agreedUs: number | null): number {
    const correctionUs = this.#correct(stamp, agreedUs);
    this.#learn(stamp, correctionUs);
    return stamp.stampUs + correctionUs;
  }

  #correct(stamp: Stamp, agreedUs: number | null): number {
    const [last, correctionUs] = [this.#last, this.#correctionUs];
    if (last === null || correctionUs === null) return this.#first(stamp, agreedUs);
    const distanceUs = stamp.stampUs - last.stampUs;
    const isHeld = distanceUs >= 0 && distanceUs < LEAST_DISTANCE_US;
    if (isHeld) return this.#hold(stamp, correctionUs);
    const wasHeld = this.#heldFrames >= HELD_FRAMES;
    this.#heldFrames = 0;
    if (wasHeld) return agree(correctionUs, agreedUs);
    const elapsedUs = stamp.arrivalUs - last.arrivalUs;
    // Frames that queued up in a stall are of a moment between the usual distance and what went by.
    const byUs = distanceUs - (this.#distanceUs || elapsedUs);
    const slackUs = Math.max(elapsedUs - this.#distanceUs, 0);
    const isBack = distanceUs < -STEP_US;
    const isAhead = distanceUs - elapsedUs > STEP_US && this.#lateUs(stamp, correctionUs) < -STEP_US;
    if (isBack || isAhead) return this.#step({ byUs, slackUs }, correctionUs, agreedUs);
    if (byUs > STEP_US) {
      const leastWayUs = this.#leastWayUs ?? 0;
      this.#leap = { byUs, slackUs, arrivalUs: stamp.arrivalUs, leastWayUs };
    }
    const leap = this.#leap;
    if (leap !== null && this.#wasStep(leap, stamp, correctionUs, agreedUs)) {
      this.#leastWayUs = leap.leastWayUs;
      return this.#step(leap, correctionUs, agreedUs);
    }
    return this.#fit(stamp, correctionUs, agreedUs);
  }

  #step(
    { byUs, slackUs }: Pick<Leap, "byUs" | "slackUs">,
    correctionUs: number,
    agreedUs: number | null,
  ): number {
    this.#leap = null;
    return agree(correctionUs - byUs, agreedUs, slackUs);
  }

  /** The other track went back by as much, or what follows would be of a time that has yet to come. */
  #wasStep(leap: Leap, stamp: Stamp, correctionUs: number, agreedUs: number | null): boolean {
    if (stamp.arrivalUs - leap.arrivalUs > LEAP_US) return false;
    const isOthers = agreedUs !== null && Math.abs(correctionUs - agreedUs - leap.byUs) <= STEP_US;
    return isOthers || latenessUs(stamp, correctionUs, leap.leastWayUs) < -STEP_US;
  }

  /** A new source's stamps may be of a clock that was set while nobody looked. */
  #first(stamp: Stamp, agreedUs: number | null): number {
    if (this.#leastWayUs === null) {
      if (Math.abs(stamp.arrivalUs - stamp.stampUs) < MAX_UNKNOWN_OFFSET_US) return this.#correctionUs ?? 0;
    }
    for (const correctionUs of [this.#correctionUs, agreedUs]) {
      if (correctionUs === null) continue;
      const lateUs = this.#lateUs(stamp, correctionUs);
      if (lateUs > -STEP_US && lateUs < MAX_FIRST_WAIT_US) return correctionUs;
    }
    this.#anchorsUntilUs = stamp.arrivalUs + ANCHORING_US;
    return stamp.arrivalUs - (this.#leastWayUs ?? 0) - stamp.stampUs;
  }

  /** While stamps tell nothing, frames are of the time at which they arrive. */
  #hold(stamp: Stamp, correctionUs: number): number {
    this.#heldFrames += 1;
    const told = this.#told;
    if (told === null || this.#heldFrames < HELD_FRAMES) return correctionUs;
    if (this.#heldFrames === HELD_FRAMES) this.#heldOffsetUs = told.stampUs + correctionUs - told.arrivalUs;
    return this.#heldOffsetUs + stamp.arrivalUs - stamp.stampUs;
  }

  /** Frames that are late for long, and would not be if the other track's correction were theirs, missed that step. */
  #fit(stamp: Stamp, correctionUs: number, agreedUs: number | null): number {
    const lateUs = this.#lateUs(stamp, correctionUs);
    if (lateUs < 0 && stamp.arrivalUs < this.#anchorsUntilUs) return agree(correctionUs + lateUs, agreedUs);
    const isOthers = agreedUs !== null && Math.abs(this.#lateUs(stamp, agreedUs)) <= STEP_US;
    if (Math.abs(lateUs) <= STEP_US || !isOthers) {
      this.#misfitSinceUs = null;
      return correctionUs;
    }
    this.#misfitSinceUs ??= stamp.arrivalUs;
    if (stamp.arrivalUs - this.#misfitSinceUs < MISFIT_US) return correctionUs;
    this.#misfitSinceUs = null;
    return agreedUs;
  }

  #lateUs(stamp: Stamp, correctionUs: number): number {
    return latenessUs(stamp, correctionUs, this.#leastWayUs ?? 0);
  }

  #learn(stamp: Stamp, correctionUs: number): void {
    const elapsedUs = stamp.arrivalUs - (this.#last?.arrivalUs ?? stamp.arrivalUs);
    const wayUs = stamp.arrivalUs - stamp.stampUs - correctionUs;
    const forgottenUs = Math.min(elapsedUs, 1e6) * FORGETTING;
    this.#leastWayUs = this.#leastWayUs === null ? wayUs : Math.min(wayUs, this.#leastWayUs + forgottenUs);
    const distanceUs = stamp.stampUs - (this.#last?.stampUs ?? stamp.stampUs);
    if (distanceUs > 0 && distanceUs <= STEP_US) this.#distanceUs = distanceUs;
    if (this.#heldFrames === 0) this.#told = stamp;
    this.#last = stamp;
    this.#correctionUs = correctionUs;
  }
}

/** How much longer than the shortest a frame's way was; less than nothing: it cannot be of so late a time. */
function latenessUs({ stampUs, arrivalUs }: Stamp, correctionUs: number, leastWayUs: number): number {
  return arrivalUs - (stampUs + correctionUs) - leastWayUs;
}

/**
 * Two measurements of one step differ by the frames' jitter: the first is taken for both. `slackUs`: how much more the
 * correction may be than was measured.
 */
function agree(measuredUs: number, agreedUs: number | null, slackUs = 0): number {
  if (agreedUs === null) return measuredUs;
  const moreUs = agreedUs - measuredUs;
  return moreUs >= -STEP_US && moreUs <= slackUs + STEP_US ? agreedUs : measuredUs;
}
