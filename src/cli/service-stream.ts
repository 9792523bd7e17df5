import { isAbsolute, resolve } from "node:path";
import { readConfig } from "../config/file.ts";
import { shownArgument } from "../devices/redact.ts";
import type { AudioSpec, DeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { environmentName } from "../settings/option.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import type { ServerSettings, StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { argumentsOf, parseArguments } from "./arguments.ts";
import type { Environment } from "./command.ts";
import { start } from "./start.ts";

/** What a service runs: a stream, or a server of several. */
export interface Service {
  readonly name: string;
  readonly server: ServerSettings;
  readonly readyTimeoutMs: number;
  /** What flvcast is called with: everyone may read it. */
  readonly words: readonly string[];
  /** The variables beside it, for its user alone: URLs with passwords or stream keys. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What it reads, and may be told to read again. */
  readonly file: string | null;
  readonly isReloadable: boolean;
}

/** The flags as `start` itself reads them. @throws UserError also for what makes no sense without anyone who looks on */
export function serviceStream(rest: readonly string[]): Service {
  const { flags } = parseArguments("start", start.flags, rest);
  const secret = [...flags].filter(isSecret);
  const others = new Map([...flags].filter((one) => !isSecret(one)));
  const { channel, server } = streamSettings(flags);
  return {
    ...{ name: channel.name, server, readyTimeoutMs: channel.readyTimeoutMs },
    words: ["start", ...(secret.length === 0 ? rest : argumentsOf(start.flags, others))],
    secrets: new Map(secret.map(([flag, text]) => [environmentName(flag), text])),
    ...{ file: null, isReloadable: false },
  };
}

/** The streams of a file, which is checked: what is in it, and whether this machine's variables complete it. @throws UserError */
export async function serviceServer(path: string, env: Environment): Promise<Service> {
  const file = resolve(path);
  // Our own variables are this terminal's, and not the service's.
  const others = Object.entries(env).filter(([name]) => !name.startsWith("FLVCAST_"));
  const { settings } = await readConfig(file, { env: Object.fromEntries(others) });
  return {
    ...{ name: settings.serverName, server: settings.server },
    readyTimeoutMs: Math.max(0, ...settings.streams.map(({ channel }) => channel.readyTimeoutMs)),
    words: ["serve", "--config", file],
    ...{ secrets: new Map(), file, isReloadable: true },
  };
}

const mayHaveUrls = [startOptions.device.flag, startOptions.audio.flag, startOptions.onEvent.flag];

/** A stream key, or a URL with more in it than everybody may see. */
function isSecret([flag, text]: readonly [string, string]): boolean {
  if (flag === startOptions.push.flag) return true;
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
  if (channel.publish.key !== null)
    throw usage("--publish-key would be readable by all users: remove it to have one generated");
  for (const { flag, path } of Object.values(startOptions)) {
    const text = flags.get(flag);
    const isNone = flag === startOptions.record.flag && channel.record === null;
    if (text === undefined || isNone) continue;
    if (path === "file" || (path === "program" && text.includes("/"))) refuseRelative(`--${flag}`, text);
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
