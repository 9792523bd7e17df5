import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network between page and server that can stand still. */
export interface StallingProxy {
  readonly origin: string;
  stall(ms: number): Promise<void>;
  close(): void;
}

export async function startStallingProxy(target: URL): Promise<StallingProxy> {
  const servers = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    servers.add(server);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      socket.on("error", () => undefined); // the other side hears of the close
      socket.on("close", () => {
        servers.delete(server);
        client.destroy();
        server.destroy();
      });
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, // TCP
    stall: async (ms) => {
      for (const server of servers) server.pause();
      await new Promise((resolve) => setTimeout(resolve, ms));
      for (const server of servers) server.resume();
    },
    close: () => {
      proxy.close();
      for (const server of servers) server.destroy();
    },
  };
}
