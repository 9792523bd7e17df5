import type { Socket } from "node:net";
import type { Hub } from "../../outputs/live/hub.ts";

/**
 * Waits for a key frame to begin with, holding a viewer's place; for as long as the hub allows, until its stream ends, or
 * until the client has left. What came of it is the hub's admission.
 */
export async function waitForKey(hub: Hub, socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.setTimeout(0); // it is not idle
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      letGo();
      socket.removeListener("close", done);
      resolve();
    };
    const timer = setTimeout(done, hub.keyWaitMs);
    const letGo = hub.keyWaiters.hold(done);
    socket.once("close", done);
  });
}

/**
 * The same, for a connection that node's parser has let go of: nobody else would see that it ends. A WebSocket's client says
 * nothing before the handshake is answered (RFC 6455, 4.1).
 */
export async function waitForKeyUnparsed(hub: Hub, socket: Socket): Promise<void> {
  const drop = () => void socket.destroy();
  const events = ["data", "end"] as const;
  for (const event of events) socket.once(event, drop);
  await waitForKey(hub, socket);
  for (const event of events) socket.removeListener(event, drop);
}
