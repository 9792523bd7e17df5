import { frameBytes, type Packet, type TrackName, type VideoFrame } from "../../media/packet.ts";
import type { DroppedUnits } from "../../media/unit-drops.ts";
import type { MediaTotals } from "../../stream.ts";

const WINDOW_S = 5;
/** Before the second key frame, a shorter time says nothing. */
const MIN_INTERVAL_MS = 10_000;

interface Second {
  readonly second: number;
  pictures: number;
  bytes: number;
}

/** Counts what comes: over the last five whole seconds, and in all. */
export class Meter {
  readonly #nowMs: () => number;
  #seconds: Second[] = [];
  readonly #totals = {
    ...{ videoFrames: 0, keyFrames: 0, audioFrames: 0, videoBytes: 0, audioBytes: 0 },
    ...{ damagedUnits: { video: 0, audio: 0 }, ignoredUnits: { video: 0, audio: 0 } },
  };
  #keyIntervalMs: number | null = null;
  #lastKeyUs: number | null = null;
  #sinceKeyMs = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  count(packets: readonly Packet[]): void {
    const current = this.#current();
    for (const packet of packets) {
      if (packet.kind === "video-frame") {
        current.pictures += 1;
        current.bytes += this.#countPicture(packet);
      } else if (packet.kind === "audio-frame") {
        current.bytes += packet.data.length;
        this.#totals.audioFrames += 1;
        this.#totals.audioBytes += packet.data.length;
      }
    }
  }

  countDropped(track: TrackName, { damaged, ignored }: DroppedUnits): void {
    this.#totals.damagedUnits[track] += damaged;
    this.#totals.ignoredUnits[track] += ignored;
  }

  get totals(): MediaTotals {
    return { ...this.#totals, keyIntervalMs: this.keyIntervalMs };
  }

  get keyIntervalMs(): number | null {
    const lastMs = this.#keyIntervalMs;
    return this.#sinceKeyMs > (lastMs ?? MIN_INTERVAL_MS) ? this.#sinceKeyMs : lastMs;
  }

  get fps(): number | null {
    return this.#perSecond(({ pictures }) => pictures);
  }

  get bitrateKbps(): number | null {
    const bytes = this.#perSecond((second) => second.bytes);
    return bytes === null ? null : Math.round((bytes * 8) / 1000);
  }

  #countPicture(frame: VideoFrame): number {
    const bytes = frameBytes(frame);
    this.#totals.videoFrames += 1;
    this.#totals.videoBytes += bytes;
    if (frame.isKey) this.#countKey(frame.decodeTimeUs);
    else this.#sinceKeyMs = (frame.decodeTimeUs - (this.#lastKeyUs ?? frame.decodeTimeUs)) / 1000;
    return bytes;
  }

  /** A process that was started again may count its time again: then there is no interval. */
  #countKey(timeUs: number): void {
    const lastUs = this.#lastKeyUs;
    this.#lastKeyUs = timeUs;
    this.#sinceKeyMs = 0;
    this.#totals.keyFrames += 1;
    if (lastUs !== null && timeUs > lastUs) this.#keyIntervalMs = (timeUs - lastUs) / 1000;
  }

  #perSecond(what: (second: Second) => number): number | null {
    const { second: now } = this.#current();
    const whole = this.#seconds.filter(({ second }) => second < now);
    const sum = whole.reduce((total, second) => total + what(second), 0);
    const spanS = now - (whole[0]?.second ?? now);
    return sum === 0 ? null : Math.round((sum / spanS) * 100) / 100;
  }

  #current(): Second {
    const second = Math.floor(this.#nowMs() / 1000);
    let last = this.#seconds.at(-1);
    if (last === undefined || last.second !== second) {
      last = { second, pictures: 0, bytes: 0 };
      this.#seconds = [...this.#seconds.filter((one) => one.second >= second - WINDOW_S), last];
    }
    return last;
  }
}
