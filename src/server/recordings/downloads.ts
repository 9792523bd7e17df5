import { type Answer, type Headers, refusalForNow } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { AddressLimit } from "../viewers/address-limit.ts";

/** Of files: each has one piece in memory and one read of the disk. */
const MAX_DOWNLOADS = 32;
/** A browser that seeks opens a connection before it has closed the last. */
const MAX_PER_ADDRESS = 8;
const RETRY_MS = 5000;

/** How many recordings are sent at once. */
export class Downloads {
  readonly #addresses = new AddressLimit(MAX_PER_ADDRESS);
  readonly #max: number;
  #count = 0;

  /** @param max at once */
  constructor(max = MAX_DOWNLOADS) {
    this.#max = max;
  }

  /** Counts a response until it is over; the answer where there are too many. */
  enter({ response }: Exchange, address: string, headers: Headers): Answer | null {
    if (!this.#addresses.hasRoom(address))
      return refusalForNow(429, "too many recordings are sent to your address", headers, RETRY_MS);
    if (this.#count >= this.#max)
      return refusalForNow(503, "too many recordings are being sent", headers, RETRY_MS);
    if (response.destroyed) return null;
    this.#count += 1;
    this.#addresses.take(address);
    response.once("close", () => {
      this.#count -= 1;
      this.#addresses.leave(address);
    });
    return null;
  }
}
