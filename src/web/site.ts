import type { Address, Transport } from "./address.ts";
import { Api, type ApiAnswer } from "./api.ts";
import { ServerClock } from "./server-clock.ts";
import { keepToken, type Storage } from "./token.ts";
import { chooseTransport, pageProtocol } from "./transport.ts";

const ASK_EVERY_MS = 5000;
/** The first answer is from before the page's own players: they are not among its viewers. */
const ASK_SECOND_MS = 1000;
/** Wrong tokens are counted at the door. */
const ASK_AGAIN_MS = 60_000;

/** What all players of a page share: the server's address, its token, its clock, and what it says of its streams. */
export class Site {
  readonly address: Address;
  readonly storage: Storage | null;
  readonly worklet: URL;
  readonly #clock = new ServerClock();
  readonly #api: Api;
  #refused: { readonly answer: ApiAnswer; readonly token: string | null; readonly atMs: number } | null =
    null;

  constructor(address: Address, token: string | null, storage: Storage | null) {
    this.address = address;
    this.storage = storage;
    this.worklet = new URL("player/sound-worklet.js", address.base);
    this.#api = new Api(address.base, token, this.#clock);
  }

  get token(): string | null {
    return this.#api.token;
  }

  set token(token: string | null) {
    this.#api.token = token;
    if (token !== null) keepToken(token, this.storage);
  }

  /** The server's clock now; null as long as it has not answered. */
  get serverMs(): number | null {
    const { offsetMs } = this.#clock;
    return offsetMs === null ? null : Date.now() + offsetMs;
  }

  get transport(): Transport {
    const { transport } = this.address.wishes;
    return transport === "auto" ? chooseTransport(pageProtocol()) : transport;
  }

  /** Asks for the streams now and every few seconds, while the page is seen; returns how to ask out of turn. */
  follow(onAnswer: (answer: ApiAnswer) => void): () => void {
    const ask = async () => {
      if (document.visibilityState === "visible") onAnswer(await this.#ask());
    };
    const askNow = () => void ask(); // it answers, whatever happens
    setInterval(askNow, ASK_EVERY_MS);
    setTimeout(askNow, ASK_SECOND_MS);
    document.addEventListener("visibilitychange", askNow);
    askNow();
    return askNow;
  }

  /** Not again for a minute where the token was wrong, unless there is another one. */
  async #ask(): Promise<ApiAnswer> {
    const { token } = this.#api;
    const last = this.#refused;
    if (last !== null && last.token === token && performance.now() - last.atMs < ASK_AGAIN_MS)
      return last.answer;
    const answer = await this.#api.streams();
    const isRefused = answer.kind === "refused" && (answer.status === 401 || answer.status === 403);
    this.#refused = isRefused ? { answer, token, atMs: performance.now() } : null;
    return answer;
  }
}
