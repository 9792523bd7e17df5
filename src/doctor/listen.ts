import { createServer } from "node:net";

/** Listens as `flvcast start` would, and stops at once. Resolves to the error's code, or null where it could. */
export async function tryToListen(host: string, port: number): Promise<string | null> {
  const server = createServer((socket) => socket.destroy());
  const code = await new Promise<string | null>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => resolve(null));
  });
  if (code === null) await new Promise((resolve) => server.close(resolve));
  return code;
}
