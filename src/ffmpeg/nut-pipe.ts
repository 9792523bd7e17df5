import { openTrack, type TrackReader } from "../media/codecs.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { NutDemuxer } from "../media/nut/demuxer.ts";
import type { NutFrameEvent, NutStreamEvent } from "../media/nut/frame.ts";
import type { AudioConfig, Packet } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { InputClock } from "../timing/input-clock.ts";
import { Reorder } from "../timing/reorder.ts";
import { DropLimit } from "./drop-limit.ts";
import type { CopiedReordering } from "./reordering.ts";

export interface NutTrackOptions {
  /** Missing: no B-frames, or the encoder is broken. */
  readonly reordering?: CopiedReordering | undefined;
  /** From one frame to the next; null where it is not known. */
  readonly frameUs?: number | null;
}

/** One pipe of one ffmpeg: NUT bytes with a single track in, packets in common time out. */
export class NutTrack {
  readonly #demuxer = new NutDemuxer();
  readonly #clock: InputClock;
  readonly #limit = new DropLimit();
  readonly #options: NutTrackOptions;
  #track: TrackReader | null = null;
  #reorder: Reorder | null = null;

  /** `clock`: for `push`. */
  constructor(clock: InputClock, options: NutTrackOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Frames that could not be used because no key frame came before them. */
  get droppedFrames(): number {
    return this.#track?.droppedFrames ?? 0;
  }

  /** The settings of its sound, as the stream's header has them; null where it has none. */
  get announced(): AudioConfig | null {
    return this.#track?.announced ?? null;
  }

  get isPatient(): boolean {
    return this.#limit.isPatient;
  }

  /** Units that could not be used, since this was last asked. */
  takeDrops(): DroppedUnits | null {
    return this.#track?.drops.take() ?? null;
  }

  /** @throws CorruptInputError for bytes that are no NUT, not of a codec that we know, or of no use for too long. */
  push(chunk: Uint8Array, arrivalUs: number): Packet[] {
    const packets: Packet[] = [];
    for (const frame of this.read(chunk)) {
      const timeUs = this.#clock(frame.presentationTimeUs, arrivalUs);
      if (timeUs !== null) packets.push(...this.packets(frame, timeUs, arrivalUs));
    }
    return packets;
  }

  /** The first half of `push`: the frames, on their input's clock. */
  read(chunk: Uint8Array): NutFrameEvent[] {
    const frames: NutFrameEvent[] = [];
    for (const event of this.#demuxer.push(chunk)) {
      if (event.kind === "frame") frames.push(event);
      else this.#open(event);
    }
    return frames;
  }

  #open(event: NutStreamEvent): void {
    const { reordering, frameUs = null } = this.#options;
    this.#track = openTrack(event, { isTimedByArrival: reordering === "arrival" });
    this.#reorder = new Reorder({
      mayReorder: reordering === "presentation",
      ...{ depth: event.decodeDelay, frameUs, looks: reordering !== undefined },
    });
  }

  /** The second half: one frame's packets, in common time. @throws CorruptInputError */
  packets(frame: NutFrameEvent, timeUs: number, arrivalUs: number): Packet[] {
    if (this.#track === null)
      throw new CorruptInputError("expected a NUT stream header before its first frame");
    const packets = this.#track.push(frame.data, timeUs);
    this.#limit.check(this.#track.drops, arrivalUs);
    return this.#reorder?.push(packets) ?? packets;
  }

  rest(): Packet[] {
    return this.#reorder?.end() ?? [];
  }

  /** @throws CorruptInputError when the pipe ended in the middle of a frame. */
  end(): void {
    this.#demuxer.end();
  }
}
