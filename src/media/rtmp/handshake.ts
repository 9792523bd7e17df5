import { HeldBytes } from "../held-bytes.ts";
import { corrupt } from "./corrupt.ts";

const version = 3;
/** Bytes of C0 with C1, and of S0 with S1 (5.2.2, 5.2.3). */
const greetingBytes = 1 + 1536;
/** Bytes of C2 and S2 (5.2.4). */
const echoBytes = 1536;

/**
 * The handshake (5.2) of either side: a version and 1536 bytes, then the peer's bytes echoed. The plain one: the digests of
 * Flash Media Server are used by no peer that sees the zeros after the time.
 */
export class Handshake {
  readonly #role: "server" | "client";
  readonly #greeting = new HeldBytes();
  #echoMissingBytes = echoBytes;

  constructor(role: "server" | "client") {
    this.#role = role;
  }

  get isDone(): boolean {
    return this.#echoMissingBytes === 0;
  }

  static greeting(): Uint8Array {
    const out = new Uint8Array(greetingBytes);
    out[0] = version;
    crypto.getRandomValues(out.subarray(9)); // after time and zero, 4 bytes each
    return out;
  }

  /**
   * Takes bytes until it is done.
   * @returns how many it took; what is to be sent goes to `send`
   * @throws CorruptInputError for another version, at its byte
   */
  push(bytes: Uint8Array, send: (part: Uint8Array) => void): number {
    const greeting = bytes.subarray(0, greetingBytes - this.#greeting.length);
    if (this.#greeting.length === 0 && bytes.length > 0) checkVersion(bytes);
    if (greeting.length > 0) {
      this.#greeting.push(greeting);
      if (this.#greeting.length === greetingBytes) this.#answer(send);
    }
    const echo = Math.min(this.#echoMissingBytes, bytes.length - greeting.length);
    this.#echoMissingBytes -= echo;
    return greeting.length + echo;
  }

  /** S2 may follow C1 at once (5.2.1); most clients wait for it before they send C2. */
  #answer(send: (part: Uint8Array) => void): void {
    if (this.#role === "server") send(Handshake.greeting());
    send(this.#greeting.bytes.slice(1));
  }
}

function checkVersion(bytes: Uint8Array): void {
  const [first = 0] = bytes;
  if (first !== version) corrupt(`a handshake of version ${first}${guess(bytes)}, expected 3`);
}

/** What most often comes to such a port instead. */
function guess(bytes: Uint8Array): string {
  const [first = 0] = bytes;
  if (first === 0x06 || first === 0x08) return " (RTMPE?)";
  if (first === 0x16) return " (TLS?)";
  if (first >= 0x41 && first <= 0x5a) return " (HTTP?)"; // a method's capital letter
  return "";
}
