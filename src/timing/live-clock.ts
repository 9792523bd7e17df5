import type { TrackName } from "../media/packet.ts";
import { LiveAnchor } from "./live-anchor.ts";

/** A frame as it came: `ptsUs` by the input's own clock. */
export interface Arrival<Item> {
  readonly item: Item;
  readonly track: TrackName;
  readonly ptsUs: number;
  readonly arrivalUs: number;
}

/** A frame in common time. One that had queued up before it was read has `arrivalUs` as if it had come in time. */
export interface Placed<Item> {
  readonly item: Item;
  readonly timeUs: number;
  readonly arrivalUs: number;
}

export interface LiveClockOptions {
  /** Each track counts from its own beginning, as in an RTSP session without RTCP. */
  readonly hasTrackClocks: boolean;
  /** There are other inputs, with other clocks: this one is followed when it runs away from ours. */
  readonly isFollowed: boolean;
  /** So long, about, video is held back by its encoder; missing: not at all. */
  readonly heldUs?: number;
}

/** The queue is through when frames have not come any sooner for so long … */
const QUIET_US = 300_000;
/** … or when so many have come one by one, each no sooner after the last than it was made. */
const PACED_FRAMES = 4;
const SOONER_US = 5000;
/** Frames are held for no longer than this, and no more of them. */
const MAX_HOLD_US = 2e6;
const MAX_HELD = 5000;
/** What is older than this once the queue is through is left out. */
const MAX_QUEUED_US = 30e6;
/** Tracks this far apart do not count from one beginning. */
const OWN_TRACK_US = 250_000;
/** Nor do they where an encoder holds video back, by so much more than it was expected to. */
const OWN_HELD_TRACK_US = 1_500_000;

/**
 * Puts an input whose clock runs elsewhere on common time: a frame is of the moment of its arrival, less the time that it was
 * on its way, and the shortest way is taken to be none. What ffmpeg has read while it looked at the input, or a server sends
 * ahead, comes as a queue: so frames are held until it is through, which is when they do not come any sooner.
 */
export class LiveClock<Item> {
  readonly #options: LiveClockOptions;
  readonly #anchors = new Map<TrackName, LiveAnchor>();
  #queue: Queue<Item> | null = null;

  constructor(options: LiveClockOptions) {
    this.#options = options;
  }

  /** The frames that can go on now. */
  push(frame: Arrival<Item>): readonly Placed<Item>[] {
    const anchor = this.#anchorOf(frame.track);
    if (anchor !== null) return [this.#place(frame, anchor)];
    this.#queue ??= new Queue(!this.#options.hasTrackClocks);
    this.#queue.add(frame);
    return this.release(frame.arrivalUs);
  }

  /** The same, where none has come. */
  release(nowUs: number): readonly Placed<Item>[] {
    const queue = this.#queue;
    if (queue === null || nowUs < queue.dueUs) return [];
    this.#queue = null;
    this.#anchor(queue);
    const lastUs = queue.frames.at(-1)?.arrivalUs ?? 0;
    return queue.frames.flatMap((frame) => {
      const anchor = this.#anchors.get(frame.track);
      const placed = anchor === undefined ? null : this.#unqueued(frame, anchor);
      return placed === null || placed.timeUs < lastUs - MAX_QUEUED_US ? [] : [placed];
    });
  }

  get dueUs(): number | null {
    return this.#queue?.dueUs ?? null;
  }

  /** Null where the track is yet to be anchored. Tracks of one clock have one anchor. */
  #anchorOf(track: TrackName): LiveAnchor | null {
    const known = this.#anchors.get(track);
    if (known !== undefined) return known;
    const [other] = this.#anchors.values();
    if (other === undefined || this.#options.hasTrackClocks) return null;
    this.#anchors.set(track, other);
    return other;
  }

  #anchor({ soonest }: Queue<Item>): void {
    const { heldUs = 0 } = this.#options;
    const offsets = [...soonest].map(([track, us]) => [track, track === "video" ? us - heldUs : us] as const);
    const common = [...this.#anchors.values()][0] ?? new LiveAnchor(Math.min(...offsets.map(([, us]) => us)));
    for (const [track, offsetUs] of offsets) {
      const laterUs = track === "video" && heldUs > 0 ? OWN_HELD_TRACK_US : OWN_TRACK_US;
      const byUs = offsetUs - common.offsetUs;
      const isOwn = this.#options.hasTrackClocks && (byUs > laterUs || byUs < -OWN_TRACK_US);
      this.#anchors.set(track, isOwn ? new LiveAnchor(offsetUs) : common);
    }
  }

  #place(frame: Arrival<Item>, anchor: LiveAnchor): Placed<Item> {
    const heldUs = frame.track === "video" ? (this.#options.heldUs ?? 0) : 0;
    if (this.#options.isFollowed) anchor.follow(offsetOf(frame) - heldUs, frame.arrivalUs);
    return { item: frame.item, timeUs: frame.ptsUs + anchor.offsetUs, arrivalUs: frame.arrivalUs };
  }

  #unqueued({ item, ptsUs, arrivalUs }: Arrival<Item>, { offsetUs }: LiveAnchor): Placed<Item> {
    const timeUs = ptsUs + offsetUs;
    return { item, timeUs, arrivalUs: Math.min(arrivalUs, timeUs) };
  }
}

/** What is added to a frame's PTS, had it been on its way for no time at all. */
function offsetOf({ ptsUs, arrivalUs }: Pick<Arrival<unknown>, "ptsUs" | "arrivalUs">): number {
  return arrivalUs - ptsUs;
}

/** The frames held while an input's queue comes through, and how soon those of each track came at best. */
class Queue<Item> {
  readonly frames: Arrival<Item>[] = [];
  readonly soonest = new Map<TrackName, number>();
  readonly #goesByPace: boolean;
  readonly #paces = new Map<TrackName, Pace>();
  #beganUs = 0;
  #soonerUs = 0;

  /** @param goesByPace one track tells of all */
  constructor(goesByPace: boolean) {
    this.#goesByPace = goesByPace;
  }

  add(frame: Arrival<Item>): void {
    const { track, arrivalUs } = frame;
    const offsetUs = offsetOf(frame);
    if (this.frames.length === 0) this.#beganUs = arrivalUs;
    const soonestUs = this.soonest.get(track);
    const isSooner = soonestUs === undefined || offsetUs < soonestUs - SOONER_US;
    if (isSooner) this.#soonerUs = arrivalUs;
    this.soonest.set(track, Math.min(offsetUs, soonestUs ?? offsetUs));
    this.#paces.set(track, pacedFrom(this.#paces.get(track), frame, isSooner));
    this.frames.push(frame);
  }

  get dueUs(): number {
    if (this.frames.length >= MAX_HELD || this.#isPaced) return Number.NEGATIVE_INFINITY;
    return Math.min(this.#soonerUs + QUIET_US, this.#beganUs + MAX_HOLD_US);
  }

  /** Sound is sent in bunches: it tells nothing of an input with video. */
  get #isPaced(): boolean {
    const pace = this.#paces.get("video") ?? this.#paces.get("audio");
    return this.#goesByPace && pace !== undefined && pace.frames >= PACED_FRAMES;
  }
}

/** How many frames in a row have come at the pace at which they were made, and the last of them. */
interface Pace extends Pick<Arrival<unknown>, "ptsUs" | "arrivalUs"> {
  readonly frames: number;
}

function pacedFrom(last: Pace | undefined, { ptsUs, arrivalUs }: Arrival<unknown>, isSooner: boolean): Pace {
  const mediaUs = ptsUs - (last?.ptsUs ?? ptsUs);
  const isPaced = !isSooner && mediaUs > 0 && arrivalUs - (last?.arrivalUs ?? 0) >= mediaUs / 2;
  return { ptsUs, arrivalUs, frames: isPaced ? (last?.frames ?? 0) + 1 : 0 };
}
