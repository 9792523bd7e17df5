import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UnwritableError, writing } from "../system/state-folder.ts";

/** A control socket that is open: a client that connects to it reaches this process, as long as it lives. */
export interface ControlSocket {
  /** Its name in the folder: `4711-3f2a9c0b.sock`. */
  readonly file: string;
  close(): Promise<void>;
}

/** The shortest that systems take is macOS's 104, with a zero byte at the end. libuv cuts longer ones off silently. */
const MAX_PATH_BYTES = 103;
const CLOSE_GRACE_MS = 1000;

/** Opens a socket under a name that no other has. @throws UnwritableError */
export async function openControlSocket(
  folder: string,
  onConnection: (socket: Socket) => void,
): Promise<ControlSocket> {
  const file = `${process.pid}-${randomBytes(4).toString("hex")}.sock`;
  const path = join(folder, file);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new UnwritableError(`the path ${folder} is too long for a socket`, null);
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // the client has disconnected
    onConnection(socket);
  });
  await writing(folder, () => once(server.listen(path), "listening"));
  server.on("error", () => undefined); // out of file descriptors: a client is turned away, and the stream goes on
  return {
    file,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await Promise.race([closed, delay(CLOSE_GRACE_MS)]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Whether a process listens at a socket: the kernel answers, so that one which hangs does, and one which is dead does not. */
export async function isOpen(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of connect(2)
    return !["ECONNREFUSED", "ENOENT", "ENOTDIR", "ENOTSOCK"].includes(code ?? ""); // a full queue is somebody's
  } finally {
    socket.destroy();
  }
}
