import type { Socket } from "node:net";

/** Where a viewer waits for a key frame: a hub, or a stream that is yet to start. */
export interface WaitingRoom {
  readonly keyWaitMs: number;
  /** Holds a place until the returned function is called; `onOver` is called where there is nothing more to wait for. */
  hold(onOver: () => void): () => void;
}

/**
 * Waits for a key frame to begin with, holding a viewer's place; for as long as may be, until its stream ends, or
 * until the client has left. What came of it is the hub's admission.
 */
export async function waitForKey(room: WaitingRoom, socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.setTimeout(0); // it is not idle
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      letGo();
      socket.removeListener("close", done);
      resolve();
    };
    const timer = setTimeout(done, room.keyWaitMs);
    const letGo = room.hold(done);
    socket.once("close", done);
  });
}

/**
 * The same, for a connection that node's parser has let go of: nobody else would see that it ends. A WebSocket's client says
 * nothing before the handshake is answered (RFC 6455, 4.1).
 */
export async function waitForKeyUnparsed(room: WaitingRoom, socket: Socket): Promise<void> {
  const drop = () => void socket.destroy();
  const events = ["data", "end"] as const;
  for (const event of events) socket.once(event, drop);
  await waitForKey(room, socket);
  for (const event of events) socket.removeListener(event, drop);
}
