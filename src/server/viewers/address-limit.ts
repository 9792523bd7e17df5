import { networkOf } from "../../auth/address.ts";

export class AddressLimit {
  readonly #maxPerAddress: number;
  readonly #counts = new Map<string, number>();
  #lastId = 0;

  /** @param maxPerAddress null where an address may have any number */
  constructor(maxPerAddress: number | null) {
    this.#maxPerAddress = maxPerAddress ?? Number.POSITIVE_INFINITY;
  }

  hasRoom(address: string): boolean {
    return (this.#counts.get(networkOf(address)) ?? 0) < this.#maxPerAddress;
  }

  /** @returns what the viewer is called by */
  take(address: string): number {
    const network = networkOf(address);
    this.#counts.set(network, (this.#counts.get(network) ?? 0) + 1);
    this.#lastId += 1;
    return this.#lastId;
  }

  leave(address: string): void {
    const network = networkOf(address);
    const left = (this.#counts.get(network) ?? 0) - 1;
    if (left > 0) this.#counts.set(network, left);
    else this.#counts.delete(network);
  }
}
