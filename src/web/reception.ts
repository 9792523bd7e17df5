import { CorruptInputError } from "../media/corrupt-input.ts";
import { FlvDemuxer, type FlvEvent } from "../media/flv/demuxer.ts";
import {
  BrokenConnectionError,
  NoWebSocketError,
  openStream,
  RefusedError,
  type StreamSource,
} from "./connection.ts";
import { RetryDelay } from "./retry-delay.ts";

/** How the stream reaches us. */
export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "receiving" }
  /** The server has answered, and said no. */
  | { readonly kind: "refused"; readonly status: number; readonly why: string }
  /** No server, or its stream has ended or broken; `sinceMs` by Date.now(). */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly why: Loss };

export type Loss = "unreachable" | "ended" | "silent" | "corrupt" | "no-websocket" | "page-error";

export interface Receiver {
  /** Asked before each connection: the token or the transport may have changed. */
  source(): StreamSource;
  onEvents(events: readonly FlvEvent[], bytes: number): void;
  onConnection(connection: ConnectionState): void;
}

/** The server fills every gap of a source: where nothing comes for so long, the connection is dead. */
const SILENCE_MS = 8000;
/** A first answer may take longer: a phone's radio sleeps. */
const OPENING_MS = 12_000;

/** Receives the stream for ever: whatever ends it, the connection is opened again, after a growing delay. */
export class Reception {
  readonly #receiver: Receiver;
  readonly #stopped = new AbortController();
  readonly #delay = new RetryDelay();
  #lostMs: number | null = null;
  /** The same is asked again, and is likely to be refused again: that it is asked is no news. */
  #isRefused = false;
  /** What the server asked for. */
  #retryAfterMs = 0;
  /** Something has changed since this connection was tried: its failure says nothing of the next one. */
  #isRetryDue = false;
  #wake: () => void = () => undefined;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const connection = await this.#receive();
      if (signal.aborted) return;
      this.#receiver.onConnection(connection);
      const retryMs = this.#delay.after(performance.now() - startedMs);
      if (!this.#isRetryDue) await this.#pause(Math.max(retryMs, this.#retryAfterMs));
    }
  }

  /** Tries at once: the network is back, the page is looked at again, or there is another token. */
  retryNow(): void {
    this.#delay.reset();
    this.#isRefused = false;
    this.#isRetryDue = true;
    this.#wake();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake();
  }

  /** One connection from its beginning to its end; says how it ended. */
  async #receive(): Promise<ConnectionState> {
    this.#retryAfterMs = 0;
    this.#isRetryDue = false;
    const silence = new Watchdog(OPENING_MS);
    const signal = AbortSignal.any([this.#stopped.signal, silence.signal]);
    try {
      if (this.#lostMs === null && !this.#isRefused) this.#receiver.onConnection({ kind: "connecting" });
      await this.#read(openStream(this.#receiver.source(), signal), silence);
      return this.#lost(silence.hasExpired ? "silent" : "ended");
    } catch (error) {
      if (error instanceof RefusedError) return this.#refused(error);
      if (error instanceof CorruptInputError) return this.#lost("corrupt");
      if (error instanceof NoWebSocketError) return this.#lost("no-websocket");
      if (error instanceof BrokenConnectionError)
        return this.#lost(silence.hasExpired ? "silent" : "unreachable");
      reportError(error); // a bug of ours, which what comes after another connection may not meet
      return this.#lost("page-error");
    } finally {
      silence.stop();
    }
  }

  #refused({ status, message: why, retryAfterMs }: RefusedError): ConnectionState {
    this.#isRefused = true;
    this.#retryAfterMs = Math.max(retryAfterMs, minRetryMs(status));
    return { kind: "refused", status, why };
  }

  async #read(pieces: AsyncIterable<Uint8Array>, silence: Watchdog): Promise<void> {
    const demuxer = new FlvDemuxer();
    for await (const piece of pieces) {
      silence.feed(SILENCE_MS);
      const events = demuxer.push(piece);
      if (events.some(({ kind }) => kind === "header")) this.#received();
      this.#receiver.onEvents(events, piece.length);
    }
  }

  #received(): void {
    this.#lostMs = null;
    this.#isRefused = false;
    this.#isRetryDue = false;
    this.#receiver.onConnection({ kind: "receiving" });
  }

  #lost(why: Loss): ConnectionState {
    this.#lostMs ??= Date.now();
    return { kind: "lost", sinceMs: this.#lostMs, why };
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What only a person can change is not asked for every few seconds: wrong tokens are counted, and there is a limit. */
function minRetryMs(status: number): number {
  if (status === 401 || status === 403) return 60_000;
  return status === 404 ? 5000 : 0;
}

/** Aborts when it has not been fed for a time. */
class Watchdog {
  readonly #expired = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.feed(ms);
  }

  get signal(): AbortSignal {
    return this.#expired.signal;
  }

  get hasExpired(): boolean {
    return this.#expired.signal.aborted;
  }

  feed(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expired.abort(), ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
