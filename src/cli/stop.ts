import { stopStream } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { chooseStream, chooseStreams, notRunning, runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { stopOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";

/** `flvcast stop` */
export const stop: Command = {
  usage: "flvcast stop [NAME…] [--all]",
  description:
    "Stops running streams and waits until they have ended. NAME is optional if only one is running.",
  flags: Object.values(stopOptions),
  examples: [
    ["flvcast stop garden", 'the stream "garden"'],
    ["flvcast stop garden door", "two streams"],
    ["flvcast stop --all", "all streams of this user"],
  ],
  epilogue: "Stop a service with systemctl, or systemd starts it again.",
  run: (flags, env, io) => runStop(flags, env, io),
};

async function runStop(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { names, all } = readSettings(stopOptions, flags, env);
  if (all && names.length > 0) throw new UserError("usage", "--all stops every stream: remove the names");
  const running = await runningStreams(env);
  const results = await Promise.allSettled(meant(running, names, all).map(stopStream));
  const [first, ...others] = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason] : [],
  );
  for (const other of others) io.stderr.write(`flvcast: ${other instanceof Error ? other.message : other}\n`);
  if (first !== undefined) throw first;
  return exitCodes.ok;
}

function meant(running: readonly Holder[], names: readonly string[], all: boolean): readonly Holder[] {
  if (!all) return names.length === 0 ? [chooseStream(running, null)] : chooseStreams(running, names);
  if (running.length === 0) throw notRunning(running, null);
  return running;
}
