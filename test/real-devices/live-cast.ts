import { Viewer } from "../e2e/viewer.ts";
import { flvcast, light, served } from "./cast.ts";
import type { Command, CommandOptions } from "./command.ts";
import type { Guest } from "./guest.ts";

/** A stream in the guest and a viewer here, who stays through whatever happens. */
export interface LiveCast {
  readonly command: Command;
  readonly viewer: Viewer;
}

/** `flvcast start …` in the guest as user cam; the tests end it. */
export function startStream(guest: Guest, args: readonly string[], options: CommandOptions = {}): Command {
  const command = [...flvcast, "start", ...served, ...light, ...args];
  return guest.start(command, { user: "cam", killAfterMs: 900_000, ...options });
}

/** Watches a stream from its first key frame on. */
export async function watchFrom(guest: Guest, command: Command): Promise<LiveCast> {
  const { url } = JSON.parse(await command.hasSaid(/^\{.*\}$/)) as { readonly url: string }; // flvcast's own line
  const viewer = new Viewer(`http://127.0.0.1:${guest.streamPort}${new URL(url).pathname}`);
  await viewer.until(({ recording }) => recording.spanMs > 1000);
  return { command, viewer };
}
