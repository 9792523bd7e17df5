import type { Alarm } from "../../system/alarm.ts";
import type { Backoff } from "../../system/backoff.ts";
import { FailureNews } from "../../system/failure-news.ts";
import type { LagWatch } from "../../system/lag-watch.ts";
import type { Hub } from "../live/hub.ts";
import type { Sink } from "../live/sink.ts";
import type { Viewer } from "../live/viewer.ts";
import { startViewing } from "../live/viewing.ts";
import { type Connection, STALLED } from "./connection.ts";
import { PushFailure } from "./failure.ts";
import type { OpenPush } from "./open.ts";
import type { PushState, PushStatus } from "./push-status.ts";
import { RtmpTransport } from "./rtmp-transport.ts";
import type { PushTarget } from "./target.ts";

export interface PushOptions {
  readonly target: PushTarget;
  /** The stream as this target gets it; null before it begins. */
  readonly hub: () => Hub | null;
  /** It is to be sent, as soon as there is something to send. */
  readonly isWanted: () => boolean;
  /** Nothing is opened before. */
  readonly after: Promise<unknown>;
  readonly open: OpenPush;
  readonly lagWatch: LagWatch;
  readonly backoff: Backoff;
  readonly alarm: Alarm;
  /** Hides the stream key in what a server says. */
  readonly redact: (text: string) => string;
  readonly onUp: (target: PushTarget, fourccs: Connection["fourccs"]) => void;
  /** The server does not get it, for another reason than was told last. */
  readonly onDown: (target: PushTarget, why: string, retryMs: number) => void;
}

/** A server that takes longer to let us send is tried again. */
const OPEN_TIMEOUT_MS = 15_000;

/** Nobody is to get it any more. */
const STOPPED = new PushFailure("lost", "stopped");

/** A stream on its way to one server: a viewer that we call ourselves, again and again. */
export class Push {
  #target: PushTarget;
  readonly #options: PushOptions;
  readonly #news: FailureNews<PushFailure>;
  readonly #running: Promise<void>;
  #isOver = false;
  #state: PushState = "waiting";
  #sinceMs = Date.now();
  /** Gives up the connection that is being opened. */
  #opening: AbortController | null = null;
  #connection: Connection | null = null;
  #viewer: Viewer | null = null;
  /** Of connections that are over. */
  #past = { skips: 0, sentBytes: 0 };
  #connects = 0;
  #failure: PushFailure | null = null;
  #retryAtMs: number | null = null;

  constructor(options: PushOptions) {
    const { target, after, onDown } = options;
    this.#target = target;
    this.#options = options;
    this.#news = new FailureNews(({ message }, retryMs) => onDown(this.#target, message, retryMs));
    this.#running = after.then(() => this.#run());
  }

  /** What others see it as changes with the other targets of the stream. */
  rename(shown: string): void {
    this.#target = { ...this.#target, shown };
  }

  status(): PushStatus {
    const [viewer, { skips, sentBytes }] = [this.#viewer, this.#past];
    return {
      ...{ target: this.#target.shown, state: this.#state, sinceMs: this.#sinceMs },
      lagMs: viewer !== null && Number.isFinite(viewer.lagMs) ? Math.round(viewer.lagMs) : null,
      skips: skips + (viewer?.skips ?? 0),
      reconnects: Math.max(0, this.#connects - 1),
      sentBytes: sentBytes + (viewer?.sentBytes ?? 0),
      ...{ lastError: this.#failure?.message ?? null, retryAtMs: this.#retryAtMs },
    };
  }

  /** The stream can be joined, or somebody has begun or ceased to watch. */
  look(): void {
    if (!this.#options.isWanted()) this.#leave();
    if (this.#retryAtMs === null) this.#options.alarm.ring();
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#leave();
    this.#options.alarm.ring();
    await this.#running;
  }

  #leave(): void {
    this.#opening?.abort(STOPPED);
    this.#connection?.end();
  }

  get #isDue(): boolean {
    const { isWanted, hub } = this.#options;
    return isWanted() && hub()?.admission === "open";
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      if (!this.#isDue) {
        this.#enter("waiting");
        await this.#options.alarm.rung();
        continue;
      }
      this.#enter("connecting");
      const { failure, upMs } = await this.#send();
      if (failure !== null && !this.#isOver) await this.#pause(failure, upMs);
    }
  }

  /** From the first byte to the last; `upMs`: for how long the server has got it. */
  async #send(): Promise<{ readonly failure: PushFailure | null; readonly upMs: number }> {
    const connection = await this.#open();
    if (connection instanceof PushFailure)
      return { failure: connection === STOPPED ? null : connection, upMs: 0 };
    this.#connection = connection;
    const hub = this.#options.hub();
    const beganMs = performance.now();
    if (hub === null || !this.#isDue || this.#isOver) connection.end();
    else this.#join(hub, connection);
    const failure = await connection.closed;
    this.#connection = null;
    this.#leaveViewer();
    return { failure, upMs: performance.now() - beganMs };
  }

  async #open(): Promise<Connection | PushFailure> {
    const opening = new AbortController();
    const late = new PushFailure("lost", `no answer within ${OPEN_TIMEOUT_MS / 1000} s`);
    const timer = setTimeout(() => opening.abort(late), OPEN_TIMEOUT_MS);
    this.#opening = opening;
    try {
      return await this.#options.open(this.#target, opening.signal);
    } catch (failure) {
      if (failure instanceof PushFailure) return failure;
      throw failure;
    } finally {
      clearTimeout(timer);
      this.#opening = null;
    }
  }

  #join(hub: Hub, connection: Connection): void {
    const { lagWatch, onUp } = this.#options;
    const { socket } = connection;
    const who = { id: 0, address: socket.remoteAddress ?? "", sinceMs: Date.now() };
    this.#viewer = startViewing(lagWatch, hub, sinkOf(hub, connection), socket, who, this.#target.maxLagMs);
    this.#connects += 1;
    this.#failure = null;
    this.#news.forget();
    this.#enter("up");
    onUp(this.#target, connection.fourccs);
  }

  #leaveViewer(): void {
    const { skips, sentBytes } = this.#viewer ?? { skips: 0, sentBytes: 0 };
    this.#past = { skips: this.#past.skips + skips, sentBytes: this.#past.sentBytes + sentBytes };
    this.#viewer = null;
  }

  async #pause({ kind, message }: PushFailure, upMs: number): Promise<void> {
    const { backoff, redact, alarm } = this.#options;
    const delayMs = kind === "refused" ? backoff.refused() : backoff.failed(upMs);
    this.#failure = new PushFailure(kind, redact(message));
    this.#enter("waiting");
    this.#retryAtMs = Date.now() + delayMs;
    this.#news.tell(this.#failure, delayMs);
    alarm.forget();
    await alarm.rung(delayMs);
    this.#retryAtMs = null;
  }

  #enter(state: PushState): void {
    if (state !== this.#state) this.#sinceMs = Date.now();
    this.#state = state;
  }
}

function sinkOf(hub: Hub, connection: Connection): Sink {
  const { socket, streamId } = connection;
  const transports = hub.viewers.map(({ sink }) => sink.transport);
  const shared = transports.find((one) => one instanceof RtmpTransport && one.streamId === streamId);
  return {
    transport: shared ?? new RtmpTransport(streamId),
    get backlogBytes() {
      return socket.writableLength;
    },
    write: (framed) => void socket.write(framed),
    end: () => connection.end(),
    destroy: () => connection.fail(STALLED),
  };
}
