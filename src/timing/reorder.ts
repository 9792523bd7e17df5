import { ReorderedPicturesError } from "../media/corrupt-input.ts";
import { atTimes, type Packet, type VideoFrame } from "../media/packet.ts";
import { CodingOrder } from "./coding-order.ts";

export interface ReorderOptions {
  /** Without it, frames that are not coded in the order in which they are shown are an error. */
  readonly mayReorder: boolean;
  /** By how many frames they are reordered, as far as the container tells: NUT's decode_delay. */
  readonly depth: number;
  /** From one frame to the next, in microseconds; null where it is not known. */
  readonly frameUs: number | null;
  /** Where the video's settings do not tell the depth, the first frames are looked at before they go on. */
  readonly looks: boolean;
}

/** So many are looked at; where that would take longer than so long, three: I, P and B. */
const LOOKED_AT = 16;
const LEAST_LOOKED_AT = 3;
const LONGEST_LOOK_US = 400_000;
/** A camera that sends less than one a second has no B-frames. */
const SLOW_US = 1e6;
const USUAL_FRAME_US = 40_000;
/** Decode times that are behind, and have to stay before the presentation times, rise by so much with a frame. */
const LEAST_STEP_US = 2000;
/** Presentation times that go back or ahead by so much are of a clock that was set. */
const STEP_BACK_US = 500_000;
const STEP_AHEAD_US = 5e6;

/**
 * Gives video frames, which come in coding order with presentation times, their decode times. With a reorder depth of D, that
 * is the least of the last D + 1 presentation times (NUT specification, "dts"). Decode times rise, and no frame is shown before
 * it is decoded.
 */
export class Reorder {
  readonly #options: ReorderOptions;
  readonly #order: CodingOrder;
  /** The last presentation times that are no frame's decode time yet, ascending; no more than the depth. */
  #window: number[] = [];
  #lastUs = Number.NEGATIVE_INFINITY;
  #frameUs: number;
  /** Null once the depth is known. */
  #held: Packet[] | null;
  #isTold = false;

  /** @throws ReorderedPicturesError where the container tells of B-frames that may not be */
  constructor(options: ReorderOptions) {
    if (!options.mayReorder && options.looks && options.depth > 0) throw unexpected();
    this.#options = options;
    this.#order = new CodingOrder(options.mayReorder ? options.depth : 0);
    this.#frameUs = options.frameUs ?? USUAL_FRAME_US;
    this.#held = options.looks ? [] : null;
  }

  /** The packets that go on now: once the depth is known, each at once. @throws ReorderedPicturesError */
  push(packets: readonly Packet[]): Packet[] {
    const next: Packet[] = [];
    for (const packet of packets) next.push(...this.#push(packet));
    return next;
  }

  end(): Packet[] {
    return this.#held === null ? [] : this.#release(this.#held);
  }

  #push(packet: Packet): Packet[] {
    if (packet.kind === "video-config" && packet.maxReorderFrames !== undefined) {
      this.#isTold = true;
      if (this.#options.mayReorder) this.#order.expect(packet.maxReorderFrames);
    }
    const isDeeper = packet.kind === "video-frame" && this.#order.see(packet.presentationTimeUs);
    if (isDeeper && !this.#options.mayReorder) throw unexpected();
    if (this.#held === null) return [this.#timed(packet)];
    this.#held.push(packet);
    return this.#hasLooked(this.#held) ? this.#release(this.#held) : [];
  }

  #hasLooked(held: readonly Packet[]): boolean {
    const times = presentationTimes(held);
    if (this.#isTold || times.length === 0) return this.#isTold && times.length > 0;
    const spanUs = (times.at(-1) ?? 0) - (times[0] ?? 0);
    const isLong = spanUs >= LONGEST_LOOK_US && times.length >= LEAST_LOOKED_AT;
    return isLong || spanUs >= SLOW_US || times.length >= LOOKED_AT;
  }

  #release(held: readonly Packet[]): Packet[] {
    this.#held = null;
    const times = presentationTimes(held);
    const steps = times
      .map((timeUs, at) => timeUs - (times[at - 1] ?? timeUs))
      .filter((stepUs) => stepUs > 0);
    if (this.#options.frameUs === null && steps.length > 0) this.#frameUs = Math.min(...steps);
    return held.map((packet) => this.#timed(packet));
  }

  #timed(packet: Packet): Packet {
    if (packet.kind !== "video-frame") return packet;
    if (this.#order.depth > 0) return this.#reordered(packet);
    this.#lastUs = packet.presentationTimeUs;
    return packet;
  }

  #reordered(frame: VideoFrame): VideoFrame {
    const timeUs = frame.presentationTimeUs;
    const depth = this.#order.depth;
    const aheadUs = timeUs - (this.#window.at(-1) ?? this.#lastUs);
    if (timeUs < this.#lastUs - STEP_BACK_US || aheadUs > STEP_AHEAD_US) this.#begin(timeUs, depth);
    const at = this.#window.findIndex((otherUs) => otherUs > timeUs);
    this.#window.splice(at < 0 ? this.#window.length : at, 0, timeUs);
    // Where the depth has just become greater, none is let go until they are as many.
    const leastUs = this.#window.length > depth ? this.#window.shift() : undefined;
    this.#lastUs = Math.max(leastUs ?? Number.NEGATIVE_INFINITY, this.#lastUs + LEAST_STEP_US);
    return atTimes(frame, this.#lastUs, timeUs);
  }

  /** Before the first frame, times of frames that might have been before it stand in the window. */
  #begin(timeUs: number, depth: number): void {
    this.#window = Array.from({ length: depth }, (_, n) => timeUs - (depth - n) * this.#frameUs);
    this.#lastUs = Number.NEGATIVE_INFINITY;
  }
}

function presentationTimes(packets: readonly Packet[]): number[] {
  return packets
    .flatMap((packet) => (packet.kind === "video-frame" ? [packet.presentationTimeUs] : []))
    .toSorted((a, b) => a - b);
}

function unexpected(): ReorderedPicturesError {
  return new ReorderedPicturesError("frames are not coded in display order");
}
