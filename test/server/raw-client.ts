import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface Way {
  readonly port: number;
  readonly isTls?: boolean;
}

/** One raw connection, plain or over TLS as a browser offers it: what the server really sends, byte by byte. */
export class RawClient {
  readonly socket: Socket;
  #received: Buffer[] = [];

  constructor({ port, isTls = false }: Way, request: string | Buffer) {
    const host = "127.0.0.1";
    this.socket = isTls
      ? connectTls({ port, host, rejectUnauthorized: false, ALPNProtocols: ["h2", "http/1.1"] }, () =>
          this.#say(request),
        )
      : connect(port, host, () => this.#say(request));
    this.socket.on("data", (chunk: Buffer) => this.#received.push(chunk));
    this.socket.on("error", () => undefined); // a reset is seen as a close
  }

  get text(): string {
    const whole = Buffer.concat(this.#received);
    this.#received = [whole];
    return whole.toString("latin1");
  }

  get head(): string {
    return this.text.split("\r\n\r\n")[0] ?? "";
  }

  /** The number in the status line; 0 where none came. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(this.text)?.[1] ?? 0);
  }

  get body(): string {
    return this.text.slice(this.head.length + 4);
  }

  header(name: string): string | null {
    return new RegExp(`^${name}: (.*)$`, "im").exec(this.head)?.[1]?.trim() ?? null;
  }

  /** The chunks of a chunked body, as far as they are complete. */
  get chunks(): string[] {
    const { body } = this;
    const found: string[] = [];
    for (let at = 0; ; ) {
      const size = /^([0-9a-f]+)\r\n/.exec(body.slice(at, at + 10));
      if (size === null) return found;
      const start = at + size[0].length;
      const end = start + Number.parseInt(size[1] ?? "", 16);
      if (body.length < end + 2) return found;
      found.push(body.slice(start, end));
      at = end + 2;
    }
  }

  /** Resolves when what was received fulfils the condition; rejects when the connection closes before. */
  async until(isDone: (client: RawClient) => boolean): Promise<this> {
    while (!isDone(this)) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once("data", () => resolve());
        this.socket.once("close", () =>
          isDone(this) ? resolve() : reject(new Error(`closed: ${this.text}`)),
        );
      });
    }
    return this;
  }

  async closed(): Promise<this> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once("close", resolve));
    return this;
  }

  #say(request: string | Buffer): void {
    if (request.length > 0) this.socket.write(request);
  }
}
