import type { Packet, TrackName } from "../media/packet.ts";
import { LiveClock, type LiveClockOptions, type Placed } from "../timing/live-clock.ts";

/** A frame as it was read, by its input's own clock. */
export interface ReadFrame<Frame> {
  readonly track: TrackName;
  readonly ptsUs: number;
  readonly frame: Frame;
}

export interface LiveFramesOptions<Frame> extends LiveClockOptions {
  readonly nowUs: () => number;
  /** The packets of a frame, in common time. @throws CorruptInputError */
  readonly packets: (frame: Frame, timeUs: number, arrivalUs: number) => readonly Packet[];
  readonly onPackets: (packets: readonly Packet[], arrivalUs: number) => void;
  /** Runs what may throw for broken bytes. */
  readonly guard: (read: () => void) => void;
}

/** The frames of an input whose clock is somewhere else: they may be held until that is known. */
export class LiveFrames<Frame> {
  readonly #clock: LiveClock<Frame>;
  readonly #options: LiveFramesOptions<Frame>;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LiveFramesOptions<Frame>) {
    this.#options = options;
    this.#clock = new LiveClock(options);
  }

  /** Frames are held until it is known how long they were on their way: their arrival counts. */
  get isHolding(): boolean {
    return this.#clock.dueUs !== null;
  }

  push(frames: readonly ReadFrame<Frame>[]): void {
    const arrivalUs = this.#options.nowUs();
    for (const { track, ptsUs, frame } of frames) {
      this.#emit(this.#clock.push({ item: frame, track, ptsUs, arrivalUs }));
    }
    this.#schedule();
  }

  /** Nothing more comes of a track: what is held goes out. */
  end(): void {
    this.stop();
    this.#emit(this.#clock.release(Number.POSITIVE_INFINITY));
  }

  /** What is held goes nowhere. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    const { nowUs, guard } = this.#options;
    const { dueUs } = this.#clock;
    if (dueUs === null || this.#timer !== null) return;
    const release = () => {
      this.#timer = null;
      guard(() => this.#emit(this.#clock.release(nowUs())));
      this.#schedule();
    };
    this.#timer = setTimeout(release, Math.max(dueUs - nowUs(), 0) / 1000 + 1);
  }

  #emit(placed: readonly Placed<Frame>[]): void {
    const { packets, onPackets } = this.#options;
    for (const { item, timeUs, arrivalUs } of placed) onPackets(packets(item, timeUs, arrivalUs), arrivalUs);
  }
}
