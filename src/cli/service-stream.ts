import { isAbsolute } from "node:path";
import { shownArgument } from "../devices/redact.ts";
import type { AudioSpec, DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { environmentName } from "../settings/option.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import type { StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { argumentsOf, parseArguments } from "./arguments.ts";
import { start } from "./start.ts";

/** A stream for a service to run. */
export interface ServiceStream {
  readonly settings: StartSettings;
  /** What `start` is called with: everyone may read it. */
  readonly args: readonly string[];
  /** The variables beside it, for its user alone: URLs with passwords. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** The flags as `start` itself reads them. @throws UserError also for what makes no sense without anyone who looks on */
export function serviceStream(rest: readonly string[]): ServiceStream {
  const { flags } = parseArguments("start", start.flags, rest);
  const secret = [...flags].filter(isSecret);
  const others = new Map([...flags].filter((one) => !isSecret(one)));
  return {
    settings: streamSettings(flags),
    args: secret.length === 0 ? rest : argumentsOf(start.flags, others),
    secrets: new Map(secret.map(([flag, text]) => [environmentName(flag), text])),
  };
}

/** A URL with more in it than everybody may see. */
function isSecret([flag, text]: readonly [string, string]): boolean {
  const isInput = flag === startOptions.device.flag || flag === startOptions.audio.flag;
  return isInput && shownArgument(text) !== text;
}

function streamSettings(flags: FlagTexts): StartSettings {
  const settings = resolveStartSettings(flags, {});
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
