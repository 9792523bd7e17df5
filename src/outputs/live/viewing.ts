import type { Socket } from "node:net";
import type { LagWatch } from "../../system/lag-watch.ts";
import type { Hub } from "./hub.ts";
import type { Sink } from "./sink.ts";
import type { Viewer, Who } from "./viewer.ts";

/**
 * Lets a viewer into the hub, whose admission must be open, and out again when its connection closes; meanwhile
 * its lag is watched. What fails on the connection is seen as its close.
 * @param maxLagMs where it may be further behind, or less, than the hub allows others
 */
export function startViewing(
  watch: LagWatch,
  hub: Hub,
  sink: Sink,
  connection: Socket,
  who: Who,
  maxLagMs?: number,
): Viewer {
  const viewer = hub.join(sink, who, maxLagMs);
  const unwatch = watch.add(hub.followed(viewer), connection);
  connection.on("error", () => undefined);
  const leave = () => {
    unwatch();
    hub.leave(viewer);
  };
  connection.once("close", leave);
  if (connection.destroyed) leave(); // its close may have been before
  return viewer;
}
