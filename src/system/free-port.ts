import { createServer } from "node:net";

const MAX_TRIES = 20;

/** Listens on a TCP port, and stops at once. Resolves to the error's code, or null where it could. */
export async function tryToListen(host: string, port: number): Promise<string | null> {
  const server = createServer((socket) => socket.destroy());
  const code = await new Promise<string | null>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => resolve(null));
  });
  if (code === null) await new Promise((resolve) => server.close(resolve));
  return code;
}

/** The next port above that is free; 0, which is any, where there is none soon. */
export async function nextFreePort(host: string, port: number, listen = tryToListen): Promise<number> {
  const last = Math.min(port + MAX_TRIES, 65_535);
  for (let next = port + 1; next <= last; next++) if ((await listen(host, next)) === null) return next;
  return 0;
}
