import type { Packet } from "../media/packet.ts";

export interface CorkOptions {
  readonly outputs: { cork(): void; uncork(): void };
  readonly onPackets: (packets: readonly Packet[]) => void;
}

/** Holds packets back that come together, so that outputs and listeners get them at once. */
export class Cork {
  readonly #options: CorkOptions;
  /** What has come together so far; null while nothing is held back. */
  #held: Packet[] | null = null;

  constructor(options: CorkOptions) {
    this.#options = options;
  }

  push(packets: readonly Packet[]): void {
    if (this.#held === null) this.#options.onPackets(packets);
    else this.#held.push(...packets);
  }

  cork(): void {
    this.#held = [];
    this.#options.outputs.cork();
  }

  /** Packets are in the outputs before their listeners are called: the first ones make the stream ready. */
  uncork(): void {
    const packets = this.#held ?? [];
    this.#held = null;
    this.#options.outputs.uncork();
    if (packets.length > 0) this.#options.onPackets(packets);
  }
}
