import { shownUrl } from "../devices/redact.ts";
import { AnswerJudge } from "./answer-judge.ts";
import { type Connection, connect } from "./connect.ts";
import { Faults } from "./faults.ts";
import { type CheckReport, type HttpFigures, type StreamFigures, verdictOf } from "./report.ts";
import { redirectTarget, requestFor } from "./request.ts";

export interface ClientOptions {
  /** How long the stream is watched, from its answer on. */
  readonly watchMs: number;
  /** Ends the watching: what has been seen is judged. */
  readonly signal: AbortSignal;
  /** How long an answer may take to begin; default 15 s: a stream may wait for a key frame. */
  readonly answerTimeoutMs?: number;
}

const MAX_REDIRECTS = 5;
const ANSWER_TIMEOUT_MS = 15_000;

/** Asks for a stream as a player does, watches it for a while, and judges it. @throws UserError of reason `unreachable` */
export async function checkUrl(target: URL, options: ClientOptions): Promise<CheckReport> {
  const faults = new Faults();
  const startedMs = performance.now();
  const answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  const { figures, stream } = await follow(target, { ...options, answerTimeoutMs, faults, startedMs });
  const findings = faults.all();
  return {
    target: shownUrl(target.href),
    verdict: verdictOf(findings),
    seconds: Math.round(performance.now() - startedMs) / 1000,
    http: figures,
    stream,
    findings,
  };
}

interface CheckSession extends Required<ClientOptions> {
  readonly faults: Faults;
  readonly startedMs: number;
}

interface Arrival {
  readonly figures: HttpFigures;
  readonly stream: StreamFigures | null;
}

async function follow(target: URL, session: CheckSession): Promise<Arrival> {
  let url = target;
  for (let redirects = 0; ; redirects++) {
    session.faults.keepSecret(url.href);
    const connection = await connect(url, session.signal, session.answerTimeoutMs);
    const client = new Client(url, redirects, session, connection);
    try {
      await client.readHead();
      const next = client.nextUrl();
      if (next === null) return await client.watch();
      if (redirects === MAX_REDIRECTS) {
        session.faults.report("http-redirect-loop", `more than ${MAX_REDIRECTS}`);
        return client.arrival(null);
      }
      url = next;
    } finally {
      client.leave();
    }
  }
}

class Client {
  readonly #url: URL;
  readonly #redirects: number;
  readonly #session: CheckSession;
  readonly #connection: Connection;
  readonly #judge: AnswerJudge;
  readonly #connectMs: number;
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(url: URL, redirects: number, session: CheckSession, connection: Connection) {
    this.#url = url;
    this.#redirects = redirects;
    this.#session = session;
    this.#connection = connection;
    this.#connectMs = this.#now();
    this.#judge = new AnswerJudge(session.faults);
    connection.socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    connection.socket.on("error", () => undefined); // "close" follows
    connection.socket.once("close", this.#onClose);
  }

  /** Sends the request, unless to a server that cannot be trusted, and waits for the answer's head. */
  async readHead(): Promise<void> {
    const { socket, distrust } = this.#connection;
    const { faults, signal, answerTimeoutMs } = this.#session;
    if (distrust !== null) {
      faults.report("tls-untrusted", distrust);
      return;
    }
    socket.write(requestFor(this.#url));
    await this.#until(() => this.#judge.head !== null, answerTimeoutMs);
    const isSilent = this.#judge.head === null && this.#judge.isOpen && !signal.aborted;
    if (isSilent) faults.report("http-no-response", `no response within ${answerTimeoutMs / 1000} s`);
  }

  /** Where the answer sends us; null where it is the answer. */
  nextUrl(): URL | null {
    const { head, isRedirect } = this.#judge;
    return head !== null && isRedirect ? redirectTarget(this.#url, head, this.#session.faults) : null;
  }

  async watch(): Promise<Arrival> {
    if (this.#judge.head?.status === 200) await this.#until(() => false, this.#session.watchMs);
    return this.arrival(this.#judge.end(this.#now()));
  }

  arrival(stream: StreamFigures | null): Arrival {
    const figures = {
      url: shownUrl(this.#url.href),
      redirects: this.#redirects,
      connectMs: Math.round(this.#connectMs),
      ...this.#judge.figures(),
    };
    return { figures, stream };
  }

  /** That we close the connection is no fault of the server's. */
  leave(): void {
    this.#connection.socket.off("close", this.#onClose);
    this.#connection.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#judge.push(chunk, this.#now());
    this.#wake();
  }

  readonly #onClose = (): void => {
    this.#isClosed = true;
    this.#judge.close();
    this.#wake();
  };

  /**
   * Until it is so, or nothing more can come, or the time is up. By a timer: of `AbortSignal.any` and
   * `AbortSignal.timeout` Node 20 collects the timeout as garbage, and it never comes.
   */
  async #until(isSo: () => boolean, timeoutMs: number): Promise<void> {
    const { signal } = this.#session;
    const late = new AbortController();
    const wake = () => this.#wake();
    const timer = setTimeout(() => {
      late.abort();
      wake();
    }, timeoutMs);
    signal.addEventListener("abort", wake);
    while (!isSo() && !this.#isClosed && this.#judge.isOpen && !late.signal.aborted && !signal.aborted)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    signal.removeEventListener("abort", wake);
    clearTimeout(timer);
  }

  /** Milliseconds since the beginning. */
  #now(): number {
    return performance.now() - this.#session.startedMs;
  }
}
