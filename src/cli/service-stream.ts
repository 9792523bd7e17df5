import { isAbsolute } from "node:path";
import type { AudioSpec, DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import type { StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { parseArguments } from "./arguments.ts";
import { start } from "./start.ts";

/** The flags as `start` itself reads them, and what of them makes no sense without anyone who looks on. @throws UserError */
export function streamSettings(rest: readonly string[]): StartSettings {
  const settings = resolveStartSettings(parseArguments("start", start.flags, rest).flags, {});
  const { server, channel, command } = settings;
  if (command.dryRun) throw usage("--dry-run starts nothing, and so is no service: leave it out");
  if (command.detach) throw usage("--detach leaves systemd nothing to watch over: leave it out");
  if (server.token !== null) {
    throw usage(
      "--token would stand in a file that everyone may read: leave it out, and one is made; flvcast url prints it",
    );
  }
  for (const key of ["tokenFile", "tlsCert", "tlsKey", "www"] as const) {
    const path = server[key];
    if (path !== null) refuseRelative(`--${startOptions[key].flag}`, path);
  }
  refuseOfTerminal("--device", channel.device);
  refuseOfTerminal("--audio", channel.audio);
  return settings;
}

function refuseOfTerminal(flag: string, spec: DeviceSpec | AudioSpec): void {
  if (typeof spec === "string") return;
  if (spec.kind === "stdin") throw usage(`${flag} - cannot be: a service has nobody's stdin`);
  if (spec.kind === "file" && /[/\\.]/.test(spec.text)) refuseRelative(flag, spec.shown);
}

function refuseRelative(flag: string, path: string): void {
  if (!isAbsolute(path))
    throw usage(`${flag} ${path}: a service runs in no folder of yours: give the whole path`);
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
