import type { Socket } from "node:net";
import type { Hub } from "../../outputs/live/hub.ts";
import type { Sink } from "../../outputs/live/sink.ts";
import type { Viewer, Who } from "../../outputs/live/viewer.ts";
import type { LagWatch } from "./lag-watch.ts";

/**
 * Lets a viewer into the hub, whose admission must be open, and out again when its connection closes; meanwhile
 * its lag is watched. What fails on the connection is seen as its close.
 */
export function startViewing(watch: LagWatch, hub: Hub, sink: Sink, connection: Socket, who: Who): Viewer {
  const viewer = hub.join(sink, who);
  watch.add(hub, viewer, connection);
  connection.on("error", () => undefined);
  const leave = () => {
    watch.delete(viewer);
    hub.leave(viewer);
  };
  connection.once("close", leave);
  if (connection.destroyed) leave(); // its close may have been before
  return viewer;
}
