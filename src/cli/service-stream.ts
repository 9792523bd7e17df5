import { isAbsolute } from "node:path";
import { parseDeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import type { StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { parseArguments } from "./arguments.ts";
import { start } from "./start.ts";

/** The flags as `start` itself reads them, and what of them makes no sense without anyone who looks on. @throws UserError */
export function streamSettings(rest: readonly string[]): StartSettings {
  const settings = resolveStartSettings(parseArguments("start", start.flags, rest).flags, {});
  if (settings.dryRun) throw usage("--dry-run starts nothing, and so is no service: leave it out");
  if (settings.detach) throw usage("--detach leaves systemd nothing to watch over: leave it out");
  if (settings.token !== null) {
    throw usage(
      "--token would stand in a file that everyone may read: leave it out, and one is made; flvcast url prints it",
    );
  }
  for (const key of ["tokenFile", "tlsCert", "tlsKey", "www"] as const) {
    const path = settings[key];
    if (path !== null) refuseRelative(`--${startOptions[key].flag}`, path);
  }
  refuseOfTerminal("--device", settings.device);
  refuseOfTerminal("--audio", settings.audio);
  return settings;
}

function refuseOfTerminal(flag: string, value: string): void {
  if (value === "-") throw usage(`${flag} - cannot be: a service has nobody's stdin`);
  const spec = parseDeviceSpec(value);
  if (spec.kind === "file" && /[/\\.]/.test(spec.path)) refuseRelative(flag, spec.path);
}

function refuseRelative(flag: string, path: string): void {
  if (!isAbsolute(path))
    throw usage(`${flag} ${path}: a service runs in no folder of yours: give the whole path`);
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
