import type { AudioConfig, AudioFrame, Packet } from "../media/packet.ts";

/** No sound waits any longer for its video, and no more of it. */
const MAX_HELD_US = 5e6;
const MAX_HELD = 1000;

/**
 * Holds sound back until the video of its time has come, where an encoder holds that back: what belongs together stands
 * together in the stream, and whoever joins at a key frame gets its sound.
 */
export class Interleaver {
  #held: (AudioConfig | AudioFrame)[] = [];
  #videoUs = Number.NEGATIVE_INFINITY;

  /** What goes on now. */
  push(packet: Packet): readonly Packet[] {
    switch (packet.kind) {
      case "video-config":
        return [packet];
      case "video-frame":
        return [...this.reach(packet.decodeTimeUs), packet];
      default:
        this.#held.push(packet);
        return this.#due(packet.kind === "audio-frame" ? packet.presentationTimeUs - MAX_HELD_US : null);
    }
  }

  /** The video has come to this time: the sound up to it. */
  reach(videoUs: number): readonly Packet[] {
    this.#videoUs = videoUs;
    return this.#due(null);
  }

  #due(leastUs: number | null): readonly Packet[] {
    const untilUs = Math.max(this.#videoUs, leastUs ?? Number.NEGATIVE_INFINITY);
    const first = this.#held.findIndex(
      (packet) => packet.kind === "audio-frame" && packet.presentationTimeUs > untilUs,
    );
    const isAll = first === -1 || this.#held.length > MAX_HELD;
    return this.#held.splice(0, isAll ? this.#held.length : first);
  }
}
