import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";

/** A server on a port of its own. */
export interface LocalServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function listenOn(server: Server): Promise<LocalServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    port: address.port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
        server.closeAllConnections();
      await closed;
    },
  };
}

export async function serveHttp(answer: RequestListener): Promise<LocalServer> {
  return await listenOn(createHttpServer(answer));
}

/** Answers a request when its body has come. */
export function withBody(
  answer: (body: string, request: IncomingMessage, response: ServerResponse) => void,
): RequestListener {
  return (request, response) => void text(request).then((body) => answer(body, request, response));
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = await listenOn(createServer());
  await server.stop();
  return server.port;
}
