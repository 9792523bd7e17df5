import { stopStream } from "../control/ask.ts";
import { serverNameOf } from "../control/server-key.ts";
import { chooseStream, notRunning, type Running, type RunningStream, running } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { stopOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";

export const stop: Command = {
  usage: "flvcast stop [NAME…] [--all]",
  description:
    "Stops running streams and waits until they have ended. NAME is optional if only one is running.",
  flags: Object.values(stopOptions),
  examples: [
    ["flvcast stop garden", 'the stream "garden"'],
    ["flvcast stop garden door", "two streams"],
    ["flvcast stop home", 'a server of several streams, "home"'],
    ["flvcast stop --all", "all streams of this user"],
  ],
  epilogue: "Stop a service with systemctl, or systemd starts it again.",
  run: (flags, env, io) => runStop(flags, env, io),
};

async function runStop(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { names, all } = readSettings(stopOptions, flags, env);
  if (all && names.length > 0) throw new UserError("usage", "--all stops every stream: remove the names");
  const results = await Promise.allSettled(
    meant(await running(env), names, all).map(async (holder) => {
      await stopStream(holder);
      io.stderr.write(howToStart(holder));
    }),
  );
  const [first, ...others] = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason] : [],
  );
  for (const other of others) io.stderr.write(`flvcast: ${other instanceof Error ? other.message : other}\n`);
  if (first !== undefined) throw first;
  return exitCodes.ok;
}

/** A server stands for all of its streams. */
function meant(
  { streams, servers }: Running,
  names: readonly string[],
  all: boolean,
): readonly RunningStream[] {
  if (all) {
    if (streams.length + servers.length === 0) throw notRunning(streams, null);
    return [...servers, ...streams.filter(({ server }) => server === undefined)];
  }
  const isOneServer = servers.length === 1 && streams.every(({ server }) => server !== undefined);
  if (names.length === 0) return isOneServer ? servers : [chooseStream(streams, null)];
  return names.map(
    (name) => servers.find(({ key }) => serverNameOf(key) === name) ?? chooseStream(streams, name),
  );
}

/** A server keeps its streams. */
function howToStart({ key, server }: RunningStream): string {
  if (server === undefined) return "";
  return `flvcast: stopped "${key}"; start it again with: flvcast restart ${key}, or flvcast reload ${serverNameOf(server.key)}\n`;
}
