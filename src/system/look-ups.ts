import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";

type Ask = (host: string) => Promise<readonly LookupAddress[]>;

/**
 * Each look-up of a name takes one of the four threads that node reads files with, for as long as a name server does not
 * answer: no more than so many at once.
 */
const MAX_AT_ONCE = 2;

/** Looks up the names of hosts: each once at a time, whoever asks, and few at once. Who waits decides for how long. */
export class LookUps {
  readonly #ask: Ask;
  readonly #pending = new Map<string, Promise<readonly LookupAddress[]>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(ask: Ask = async (host) => await lookup(host, { all: true })) {
    this.#ask = ask;
  }

  /** As node's own sockets ask. */
  readonly lookup: LookupFunction = (host, { all }, callback) =>
    void this.#answer(host, all === true, callback);

  async #answer(host: string, all: boolean, callback: Parameters<LookupFunction>[2]): Promise<void> {
    try {
      const found = await this.addresses(host);
      const [first = { address: "", family: 0 }] = found;
      if (all) callback(null, [...found]);
      else callback(null, first.address, first.family);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, ""); // node's own, of the look-up
    }
  }

  async addresses(host: string): Promise<readonly LookupAddress[]> {
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family }];
    const pending = this.#pending.get(host) ?? this.#begin(host);
    this.#pending.set(host, pending);
    return await pending;
  }

  async #begin(host: string): Promise<readonly LookupAddress[]> {
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await this.#ask(host);
    } finally {
      this.#pending.delete(host);
      const next = this.#waiting.shift(); // which has its turn now
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
