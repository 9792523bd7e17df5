import type { Packet } from "../codec/packet.ts";

const WINDOW_S = 5;

interface Second {
  readonly second: number;
  pictures: number;
  bytes: number;
}

/** Counts what comes, over the last five whole seconds. */
export class Meter {
  readonly #nowMs: () => number;
  #seconds: Second[] = [];

  /** `nowMs` only grows. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  count(packets: readonly Packet[]): void {
    const current = this.#current();
    for (const packet of packets) {
      if (packet.kind === "video-frame") {
        current.pictures += 1;
        for (const unit of packet.nalUnits) current.bytes += unit.length;
      } else if (packet.kind === "audio-frame") current.bytes += packet.data.length;
    }
  }

  /** Pictures a second; null where none came. */
  get fps(): number | null {
    return this.#perSecond(({ pictures }) => pictures);
  }

  get bitrateKbps(): number | null {
    const bytes = this.#perSecond((second) => second.bytes);
    return bytes === null ? null : Math.round((bytes * 8) / 1000);
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
