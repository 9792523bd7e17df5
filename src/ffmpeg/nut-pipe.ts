import { AacTrack } from "../media/aac/track.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { H264Track } from "../media/h264/track.ts";
import { NutDemuxer } from "../media/nut/demuxer.ts";
import type { Packet } from "../media/packet.ts";
import type { InputClock } from "../timing/input-clock.ts";

/** One pipe of one ffmpeg: NUT bytes with a single H.264 or AAC track in, packets in common time out. */
export class NutTrack {
  readonly #demuxer = new NutDemuxer();
  readonly #clock: InputClock;
  #track: H264Track | AacTrack | null = null;

  constructor(clock: InputClock) {
    this.#clock = clock;
  }

  /** Pictures that could not be used because no IDR came before them. */
  get droppedFrames(): number {
    return this.#track instanceof H264Track ? this.#track.droppedFrames : 0;
  }

  /** @throws CorruptInputError for bytes that are no NUT, no H.264 and no AAC. */
  push(chunk: Uint8Array, arrivalUs: number): Packet[] {
    return this.#demuxer.push(chunk).flatMap((event): Packet[] => {
      if (event.kind === "stream") {
        this.#track =
          event.mediaClass === "video" ? new H264Track(event.extradata) : new AacTrack(event.extradata);
        return [];
      }
      if (this.#track === null)
        throw new CorruptInputError("expected a NUT stream header before its first frame");
      const timeUs = this.#clock(event.timeUs, arrivalUs);
      return timeUs === null ? [] : this.#track.push(event.data, timeUs);
    });
  }

  /** @throws CorruptInputError when the pipe ended in the middle of a frame. */
  end(): void {
    this.#demuxer.end();
  }
}
