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

const mayHaveUrls = [startOptions.device.flag, startOptions.audio.flag, startOptions.onEvent.flag];

/** A URL with more in it than everybody may see. */
function isSecret([flag, text]: readonly [string, string]): boolean {
  return mayHaveUrls.includes(flag) && shownArgument(text) !== text;
}

function streamSettings(flags: FlagTexts): StartSettings {
  const settings = resolveStartSettings(flags, {});
  const { server, channel, command } = settings;
  if (command.dryRun) throw usage("--dry-run does not work in a service");
  if (command.detach)
    throw usage("--detach does not work in a service: remove it, as systemd runs it in the background");
  if (server.token !== null) {
    throw usage(
      "--token would be readable by all users: remove it to have one generated, or use --token-file",
    );
  }
  for (const key of ["tokenFile", "tlsCert", "tlsKey", "www"] as const) {
    const path = server[key];
    if (path !== null) refuseRelative(`--${startOptions[key].flag}`, path);
  }
  const [program = ""] = command.onEvent ?? [];
  if (program.includes("/")) refuseRelative(`--${startOptions.onEvent.flag}`, program);
  refuseOfTerminal("--device", channel.device);
  refuseOfTerminal("--audio", channel.audio);
  return settings;
}

function refuseOfTerminal(flag: string, spec: DeviceSpec | AudioSpec): void {
  if (typeof spec === "string") return;
  if (spec.kind === "stdin") throw usage(`${flag} - does not work: a service has no stdin`);
  if (spec.kind === "file" && /[/\\.]/.test(spec.text)) refuseRelative(flag, spec.shown);
}

function refuseRelative(flag: string, path: string): void {
  if (!isAbsolute(path)) throw usage(`${flag} ${path}: a service needs an absolute path`);
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
