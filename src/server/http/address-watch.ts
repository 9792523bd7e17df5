import { isIP } from "node:net";
import { isLoopback, plainAddress } from "../../auth/address.ts";
import { UserError } from "../../errors.ts";

const LOOK_MS = 2000;
/** A name may lead elsewhere without anything having changed here. */
const LOOK_UP_MS = 60_000;

export interface AddressWatchOptions {
  /** What is to be listened on: an address, or a name of one. */
  readonly host: string;
  /** What is listened on: not a wildcard, and not this machine's alone. */
  readonly address: string;
  /** Every address of this machine; null where the system does not tell. */
  readonly own: () => readonly string[] | null;
  readonly lookUp: (name: string) => Promise<readonly string[]>;
  /** Listens there from now on, and nowhere else. Rejects with a UserError, and then listens nowhere. */
  readonly listen: (address: string) => Promise<void>;
  /** Whether a socket goes on listening once its address is back, as it does on Linux. */
  readonly outlivesAddress: boolean;
  /** Nobody can reach the server any more. Told once. */
  readonly onLost: (failure: UserError, address: string) => void;
  /** They can again; or it has moved to another address of the same name. */
  readonly onBack: (address: string, hasMoved: boolean) => void;
}

/**
 * Looks whether the address that a server listens on is still this machine's, and listens there again when it is back. A name is
 * looked up again when this machine's addresses have changed, and each minute: the server moves to the address that it has then.
 * It never moves to a loopback address, where nobody would reach it.
 */
export class AddressWatch {
  readonly #options: AddressWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #address: string;
  /** The addresses of the name; none while it cannot be looked up. */
  #candidates: readonly string[];
  #failure: UserError | null = null;
  #isListening = true;
  #moving: Promise<void> | null = null;
  #isLookingUp = false;
  #isClosed = false;
  #lookedUpMs = performance.now();
  #seen: string;

  constructor(options: AddressWatchOptions) {
    this.#options = options;
    this.#address = options.address;
    this.#candidates = [options.address];
    this.#seen = String(options.own());
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  get failure(): UserError | null {
    return this.#failure;
  }

  /** Resolves when no listening is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#moving;
  }

  #look(): void {
    const own = this.#options.own();
    if (own === null) return;
    if (!isAmong(own, this.#address)) this.#lose(gone(this.#address));
    if (this.#isLookUpDue(String(own))) void this.#lookUp();
    this.#settle(own);
  }

  #isLookUpDue(seen: string): boolean {
    if (isIP(this.#options.host) !== 0 || this.#isLookingUp) return false;
    const hasChanged = seen !== this.#seen;
    this.#seen = seen;
    return hasChanged || this.#failure !== null || performance.now() - this.#lookedUpMs >= LOOK_UP_MS;
  }

  /** Beside the looks: without a network, it takes its time. */
  async #lookUp(): Promise<void> {
    this.#isLookingUp = true;
    this.#candidates = await this.#options.lookUp(this.#options.host).catch(() => []);
    this.#lookedUpMs = performance.now();
    this.#isLookingUp = false;
    this.#settle(this.#options.own() ?? []);
  }

  /** Listens where it is to be listened, if it is not. */
  #settle(own: readonly string[]): void {
    const wanted = this.#wanted(own);
    if (this.#isClosed || this.#moving !== null || wanted === null) return;
    const hasMoved = wanted !== this.#address;
    if (!hasMoved && this.#failure === null) return;
    if (!hasMoved && this.#isListening && this.#options.outlivesAddress) return this.#come(false);
    this.#moving = this.#move(wanted).finally(() => (this.#moving = null));
  }

  #wanted(own: readonly string[]): string | null {
    const possible = this.#candidates.filter((address) => isAmong(own, address) && !isLoopback(address));
    if (possible.includes(this.#address)) return this.#address;
    return possible[0] ?? (isAmong(own, this.#address) ? this.#address : null);
  }

  async #move(address: string): Promise<void> {
    const hasMoved = address !== this.#address;
    this.#address = address;
    try {
      await this.#options.listen(address);
      this.#isListening = true;
      this.#come(hasMoved);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#isListening = false;
      this.#lose(error);
    }
  }

  #come(hasMoved: boolean): void {
    this.#failure = null;
    this.#options.onBack(this.#address, hasMoved);
  }

  #lose(failure: UserError): void {
    const isNews = this.#failure?.reason !== failure.reason;
    this.#failure = failure;
    if (isNews) this.#options.onLost(failure, this.#address);
  }
}

function gone(address: string): UserError {
  return new UserError(
    "addressUnavailable",
    `${address} is gone or its network is down: viewers cannot reach the stream until it is back`,
  );
}

/** Addresses have more than one spelling, and some a zone. */
function isAmong(own: readonly string[], address: string): boolean {
  const plain = plainAddress(address);
  return own.some((one) => plainAddress(one) === plain);
}
