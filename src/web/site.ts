import type { Address, Transport } from "./address.ts";
import { type ApiAnswer, askForStreams } from "./api.ts";
import { ServerClock } from "./clocks.ts";
import { keepToken, type Storage } from "./storage.ts";

const POLL_MS = 5000;
/** The first answer is from before the page's own players: they are not among its viewers. */
const SECOND_POLL_MS = 1000;
/** Wrong tokens are counted at the gate. */
const REFUSED_POLL_MS = 60_000;

/** What all players of a page share: the server's address, its token, its clock, and what it says of its streams. */
export class Site {
  readonly address: Address;
  readonly storage: Storage | null;
  readonly worklet: URL;
  readonly #clock = new ServerClock();
  #token: string | null;
  #refused: { readonly answer: ApiAnswer; readonly token: string | null; readonly atMs: number } | null =
    null;
  #pollNow: () => void = () => undefined;

  constructor(address: Address, token: string | null, storage: Storage | null) {
    this.address = address;
    this.storage = storage;
    this.worklet = new URL("player/audio-worklet.js", address.base);
    this.#token = token;
  }

  get token(): string | null {
    return this.#token;
  }

  set token(token: string | null) {
    this.#token = token;
    if (token !== null) keepToken(token, this.storage);
    this.#pollNow();
  }

  /** The server's clock now; null as long as it has not answered. */
  get serverMs(): number | null {
    const { offsetMs } = this.#clock;
    return offsetMs === null ? null : Date.now() + offsetMs;
  }

  get transport(): Transport {
    const { transport } = this.address.options;
    return transport === "auto" ? chooseTransport(pageProtocol()) : transport;
  }

  /** Asks for the streams now, every few seconds while the page is seen, and with each other token. */
  pollStreams(onAnswer: (answer: ApiAnswer) => void): void {
    const number = { asked: 0, answered: 0 };
    const poll = async () => {
      if (document.visibilityState !== "visible") return;
      const asked = ++number.asked;
      const answer = await this.#poll();
      if (asked < number.answered) return; // it took long: a later answer is there, perhaps to another token
      number.answered = asked;
      onAnswer(answer);
    };
    const pollNow = () => void poll(); // it answers, whatever happens
    this.#pollNow = pollNow;
    setInterval(pollNow, POLL_MS);
    setTimeout(pollNow, SECOND_POLL_MS);
    document.addEventListener("visibilitychange", pollNow);
    pollNow();
  }

  /** Not again for a minute where the token was wrong, unless there is another one. */
  async #poll(): Promise<ApiAnswer> {
    const token = this.#token;
    const last = this.#refused;
    if (last !== null && last.token === token && performance.now() - last.atMs < REFUSED_POLL_MS)
      return last.answer;
    const answer = await askForStreams(this.address.base, token, this.#clock);
    const isRefused = answer.kind === "refused" && (answer.status === 401 || answer.status === 403);
    this.#refused = isRefused ? { answer, token, atMs: performance.now() } : null;
    return answer;
  }
}

/**
 * Over HTTP/1.1 a browser opens six connections to a server, for all its tabs, and among them are not WebSockets. A proxy may
 * speak HTTP/2 or 3, which have no such limit: there HTTP, since it says why it refuses.
 * @param protocol how the page itself came: "h2", "http/1.1" (ALPN's names)
 */
export function chooseTransport(protocol: string): Transport {
  return protocol === "h2" || protocol === "h3" ? "fetch" : "websocket";
}

/** How this page came; empty where the browser does not say. */
function pageProtocol(): string {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming ? navigation.nextHopProtocol : "";
}
