import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { CorruptInputError } from "../../media/corrupt-input.ts";
import { type ClientEvent, ClientSession } from "../../media/rtmp/client-session.ts";
import type { RtmpUrl } from "../../media/rtmp/url.ts";
import { problemOf } from "../../system/connection-problem.ts";
import { PushFailure } from "./failure.ts";
import { STALL_LOOK_MS, StallWatch } from "./stall-watch.ts";

/** A connection to a server that takes the stream. */
export interface Connection {
  readonly socket: Socket;
  /** The message stream that the server made. */
  readonly streamId: number;
  /** The FourCCs of the codecs that the server says that it takes; null where it says nothing of any. */
  readonly fourccs: readonly string[] | null;
  /** Resolves when it is over: with why, or null where we have ended it. */
  readonly closed: Promise<PushFailure | null>;
  end(): void;
  fail(failure: PushFailure): void;
}

/** How long a server may take to receive the end of the stream. */
const END_GRACE_MS = 2000;

/** Of a server that takes nothing any more. */
export const STALLED = new PushFailure("lost", "the server has stopped accepting data");

/** One connection that publishes, from its handshake to its end. What comes from the server is answered, and else ignored. */
export class PublishConnection implements Connection {
  readonly socket: Socket;
  readonly closed: Promise<PushFailure | null>;
  readonly #session: ClientSession;
  readonly #ready: Promise<void>;
  #onReady: () => void = () => undefined;
  readonly #stalls = new StallWatch();
  readonly #looks: NodeJS.Timeout;
  #end: "open" | "ended" | PushFailure = "open";

  constructor(socket: Socket, url: RtmpUrl, program: string) {
    this.socket = socket;
    this.#session = new ClientSession({ url, role: "publish", program });
    this.#ready = new Promise((resolve) => (this.#onReady = resolve));
    this.#looks = setInterval(() => {
      if (this.#stalls.look(this.#session.acknowledgements, socket.bytesWritten)) this.fail(STALLED);
    }, STALL_LOOK_MS);
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        clearInterval(this.#looks);
        this.#end =
          this.#end === "open" ? new PushFailure("lost", "the server closed the connection") : this.#end;
        resolve(this.#end === "ended" ? null : this.#end);
      });
    });
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.fail(new PushFailure("lost", problemOf(error))));
    this.#flush();
  }

  get streamId(): number {
    return this.#session.streamId;
  }

  get fourccs(): readonly string[] | null {
    return this.#session.fourccs;
  }

  /** Resolves when the server lets us send. @throws PushFailure; the signal's reason */
  async ready(signal: AbortSignal): Promise<void> {
    const stop = () => this.fail(signal.reason as PushFailure); // which every caller sets
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const failure = await Promise.race([this.#ready.then(() => null), this.closed]);
    signal.removeEventListener("abort", stop);
    if (failure !== null) throw failure;
  }

  end(): void {
    if (this.#end !== "open") return;
    this.#end = "ended";
    this.#session.end();
    this.#flush();
    this.socket.setTimeout(END_GRACE_MS, () => this.socket.destroy());
    this.socket.destroySoon();
  }

  /** With a reset: after a close, the kernel would keep what was written and offer it for minutes. */
  fail(failure: PushFailure): void {
    if (this.#end === "open") this.#end = failure;
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#end !== "open") return;
    try {
      for (const event of this.#session.push(chunk)) this.#hear(event);
      this.#flush();
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      this.fail(
        new PushFailure("lost", `the server does not speak RTMP (${error.message.replace(/^RTMP: /, "")})`),
      );
    }
  }

  #hear(event: ClientEvent): void {
    if (event.kind === "ready") return this.#onReady();
    if (event.kind !== "refused") return;
    const { code, description, redirect } = event;
    this.fail(
      new PushFailure("refused", [code, description].filter((word) => word !== "").join(": "), redirect),
    );
  }

  #flush(): void {
    const output = this.#session.takeOutput();
    if (output !== null && !this.socket.destroyed) this.socket.write(output);
  }
}
