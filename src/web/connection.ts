import type { Transport } from "./address.ts";
import { firstLine, requestHeaders, retryAfterMsOf } from "./api.ts";

export interface StreamSource {
  readonly url: URL;
  readonly token: string | null;
  readonly transport: Transport;
}

/** The server has answered, and there is no stream in its answer. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(status: number, why: string, retryAfterMs: number) {
    super(why);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server would send the stream, but no WebSocket comes through: a proxy that knows none stands between. */
export class NoWebSocketError extends Error {
  override readonly name = "NoWebSocketError";
}

/** The server cannot be reached, or the connection has broken; `cause` is the browser's error. */
export class BrokenConnectionError extends Error {
  override readonly name = "BrokenConnectionError";
}

/**
 * The stream's bytes in pieces, until it ends; ending the iteration closes the connection. Throws RefusedError where the
 * server says no, NoWebSocketError, or BrokenConnectionError: its reader can tell them from errors of its own.
 */
export async function* openStream(
  source: StreamSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* source.transport === "fetch" ? fetchStream(source, signal) : webSocketStream(source, signal);
  } catch (error) {
    if (error instanceof RefusedError || error instanceof NoWebSocketError) throw error;
    throw new BrokenConnectionError(String(error), { cause: error });
  }
}

async function* fetchStream({ url, token }: StreamSource, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await fetch(url, { headers: requestHeaders(token), cache: "no-store", signal });
  if (!response.ok || response.body === null) throw await refusal(response);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // it has ended or failed already
  }
}

async function refusal(response: Response): Promise<RefusedError> {
  return new RefusedError(response.status, await firstLine(response), retryAfterMsOf(response));
}

/** A WebSocket carries no header of ours: the token stands in its address. */
async function* webSocketStream(source: StreamSource, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const socket = new WebSocket(webSocketUrl(source));
  socket.binaryType = "arraybuffer";
  const inbox = new Inbox(socket, signal);
  try {
    for (;;) {
      const next = await inbox.next();
      if (next.kind === "message") yield next.bytes;
      else if (next.kind === "ended") return;
      else if (next.wasOpen) throw new Error("the WebSocket broke");
      else throw await reasonOf(source, signal);
    }
  } finally {
    socket.close();
  }
}

function webSocketUrl({ url, token }: StreamSource): URL {
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (token !== null) socketUrl.searchParams.set("token", token);
  return socketUrl;
}

/** A browser does not say why a WebSocket was refused: the same is asked for over HTTP, without its body. */
async function reasonOf({ url, token }: StreamSource, signal: AbortSignal): Promise<Error> {
  const response = await fetch(url, {
    method: "HEAD",
    headers: requestHeaders(token),
    cache: "no-store",
    signal,
  });
  return response.ok ? new NoWebSocketError("no WebSocket came through") : await refusal(response);
}

type Delivery =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "ended" }
  | { readonly kind: "broken"; readonly wasOpen: boolean };

const NORMAL_CLOSURE = 1000;

/** What a WebSocket has brought, in order. */
class Inbox {
  readonly #deliveries: Delivery[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket, signal: AbortSignal) {
    let wasOpen = false;
    socket.addEventListener("open", () => (wasOpen = true));
    socket.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) this.#put({ kind: "message", bytes: new Uint8Array(data) });
    });
    socket.addEventListener("close", ({ code }) =>
      this.#put(code === NORMAL_CLOSURE ? { kind: "ended" } : { kind: "broken", wasOpen }),
    );
    signal.addEventListener("abort", () => this.#put({ kind: "ended" }), { once: true });
  }

  async next(): Promise<Delivery> {
    while (this.#deliveries.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#deliveries.shift() ?? { kind: "ended" };
  }

  #put(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    this.#wake();
  }
}
