import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { FlvDemuxer, type FlvEvent } from "../../src/media/flv/demuxer.ts";
import { Recording } from "./recording.ts";

/**
 * A connection for this URL; over TLS it offers HTTP/2 first, as browsers do, and takes any certificate. To a site's name
 * it offers HTTP/1.1 alone, since a web server in front would take HTTP/2.
 */
export function connectionFor(url: string, site: string | null = null): Socket {
  const { protocol, hostname: host, port: portText } = new URL(url);
  const port = Number(portText);
  if (protocol !== "https:") return connect(port, host);
  const name = site === null ? { ALPNProtocols: ["h2", "http/1.1"] } : { servername: site };
  return connectTls({ host, port, rejectUnauthorized: false, ...name });
}

/** A viewer over HTTP/1.1, plain or TLS, that takes the chunks apart itself, and keeps everything. */
export class Viewer {
  readonly #socket: Socket;
  readonly #demuxer = new FlvDemuxer();
  readonly #events: FlvEvent[] = [];
  readonly #chunks: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #head: string | null = null;
  #hasLastChunk = false;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  /** @param options `site` is the name that is asked for, where it is not the URL's */
  constructor(
    url: string,
    {
      headers = [],
      site = null,
    }: { readonly headers?: readonly string[]; readonly site?: string | null } = {},
  ) {
    const { pathname, search, host } = new URL(url);
    this.#socket = connectionFor(url, site);
    this.#socket.write(
      [`GET ${pathname}${search} HTTP/1.1`, `Host: ${site ?? host}`, ...headers, "", ""].join("\r\n"),
    );
    this.#socket.on("data", (bytes) => {
      try {
        this.#take(bytes);
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
      this.#wake();
    });
    this.#socket.on("error", (error) => (this.#failure = error));
    this.#socket.on("close", () => this.#wake());
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.#head ?? "")?.[1]);
  }

  /** The head of the response, status line and fields. */
  get head(): string {
    return this.#head ?? "";
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The first chunk: what came before anything else. */
  get firstChunk(): Buffer {
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** True when the response ended as it should, with its last chunk and nothing behind it. */
  get hasLastChunk(): boolean {
    return this.#hasLastChunk && this.#rest.length === 0;
  }

  get recording(): Recording {
    return new Recording(this.#events);
  }

  /** Resolves when the condition is fulfilled; rejects when the connection ends before. */
  async until(isDone: (viewer: this) => boolean): Promise<this> {
    while (!isDone(this)) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#socket.closed) throw new Error(`the stream ended before: ${this.#head}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this;
  }

  /** Watches this much of the stream, then leaves. */
  async watch(seconds: number): Promise<Recording> {
    await this.until(() => this.recording.spanMs >= seconds * 1000);
    this.leave();
    return this.recording;
  }

  /** Watches to the end. */
  async toTheEnd(): Promise<Recording> {
    await this.until(() => this.#socket.closed);
    return this.recording;
  }

  /** Takes nothing for so long: what comes meanwhile stays on its way. */
  async hold(ms: number): Promise<void> {
    this.#socket.pause();
    await delay(ms);
    this.#socket.resume();
  }

  /** From now on takes this much and no more. */
  throttle(bytesPerSecond: number): void {
    this.#socket.on("data", (bytes) => void this.hold((bytes.length / bytesPerSecond) * 1000));
  }

  leave(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#head === null) {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#head = this.#rest.toString("latin1", 0, end);
      this.#rest = this.#rest.subarray(end + 4);
    }
    if (/^transfer-encoding: chunked$/im.test(this.#head)) while (this.#takeChunk());
  }

  /** RFC 9112, 7.1; false when the next chunk is not whole yet. */
  #takeChunk(): boolean {
    const sizeEnd = this.#rest.indexOf("\r\n");
    if (this.#hasLastChunk || sizeEnd < 0) return false;
    const sizeText = this.#rest.toString("latin1", 0, sizeEnd);
    if (!/^[0-9a-f]+$/.test(sizeText)) throw new Error(`no chunk size: ${JSON.stringify(sizeText)}`);
    const start = sizeEnd + 2;
    const end = start + Number.parseInt(sizeText, 16);
    if (this.#rest.length < end + 2) return false;
    if (this.#rest.toString("latin1", end, end + 2) !== "\r\n") throw new Error("a chunk that does not end");
    const chunk = this.#rest.subarray(start, end);
    this.#rest = this.#rest.subarray(end + 2);
    this.#hasLastChunk = chunk.length === 0;
    if (!this.#hasLastChunk) {
      this.#chunks.push(chunk);
      this.#events.push(...this.#demuxer.push(chunk));
    }
    return true;
  }
}
