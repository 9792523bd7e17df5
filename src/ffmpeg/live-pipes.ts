import type { NutFrameEvent } from "../media/nut/frame.ts";
import type { Packet, TrackName } from "../media/packet.ts";
import { LiveClock, type LiveClockOptions, type Placed } from "../timing/live-clock.ts";
import type { NutTrack } from "./nut-pipe.ts";

interface TrackFrame {
  readonly track: NutTrack;
  readonly frame: NutFrameEvent;
}

export interface LivePipesOptions extends LiveClockOptions {
  readonly nowUs: () => number;
  readonly onPackets: (packets: readonly Packet[], arrivalUs: number) => void;
  /** Runs what may throw for broken bytes. */
  readonly guard: (read: () => void) => void;
}

/** The pipes of one ffmpeg whose input has a clock of its own somewhere else: its frames may be held until that is known. */
export class LivePipes {
  readonly #clock: LiveClock<TrackFrame>;
  readonly #options: LivePipesOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LivePipesOptions) {
    this.#options = options;
    this.#clock = new LiveClock(options);
  }

  /** Frames are held until it is known how long they were on their way: their arrival counts. */
  get isHolding(): boolean {
    return this.#clock.dueUs !== null;
  }

  push(name: TrackName, track: NutTrack, chunk: Uint8Array): void {
    const arrivalUs = this.#options.nowUs();
    for (const frame of track.read(chunk)) {
      const item = { track, frame };
      this.#emit(this.#clock.push({ item, track: name, ptsUs: frame.presentationTimeUs, arrivalUs }));
    }
    this.#schedule();
  }

  /** Nothing more comes of a pipe: what is held goes out. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#emit(this.#clock.release(Number.POSITIVE_INFINITY));
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

  #emit(placed: readonly Placed<TrackFrame>[]): void {
    for (const { item, timeUs, arrivalUs } of placed) {
      this.#options.onPackets(item.track.packets(item.frame, timeUs, arrivalUs), arrivalUs);
    }
  }
}
