import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

type OnChunk = (chunk: Uint8Array) => void;

/** A process's outputs over TCP on this machine, in the place of inherited pipes. */
export class LoopbackOutputs {
  readonly #ports: ReadonlyMap<number, number>;
  readonly #servers: readonly Server[];
  readonly #sockets: Set<Socket>;

  private constructor(ports: ReadonlyMap<number, number>, servers: readonly Server[], sockets: Set<Socket>) {
    this.#ports = ports;
    this.#servers = servers;
    this.#sockets = sockets;
  }

  /** Listens for each output, by the number N of its `pipe:N`. The first that comes is the process; others are refused. */
  static async open(
    outputs: ReadonlyMap<number, OnChunk>,
    onEnd: (pipe: number) => void,
  ): Promise<LoopbackOutputs> {
    const sockets = new Set<Socket>();
    const servers: Server[] = [];
    const ports = new Map<number, number>();
    for (const [pipe, onChunk] of outputs) {
      const server = createServer((socket) => {
        server.close();
        sockets.add(socket);
        socket.on("data", onChunk).on("error", () => undefined); // it has ended, which is told by its exit
        socket.once("end", () => onEnd(pipe)).once("close", () => sockets.delete(socket));
      });
      server.maxConnections = 1;
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      servers.push(server);
      ports.set(pipe, (server.address() as AddressInfo).port); // of TCP
    }
    return new LoopbackOutputs(ports, servers, sockets);
  }

  /** The arguments with `tcp://…` in the place of `pipe:N`; without a delay, small frames would wait for one another. */
  argumentsFor(args: readonly string[]): readonly string[] {
    return args.map((word) => {
      const port = this.#ports.get(Number(/^pipe:(\d+)$/.exec(word)?.[1]));
      return port === undefined ? word : `tcp://127.0.0.1:${port}?tcp_nodelay=1`;
    });
  }

  /** Resolves when all that was sent is read, or after so long. */
  async drained(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.close(), timeoutMs);
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))), // also of a reset
    );
    clearTimeout(timer);
    this.close();
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
