import { differingOptions } from "../control/ask.ts";
import { type Ensured, ensureRunning } from "../control/ensure.ts";
import type { Holder } from "../control/name-lock.ts";
import { runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { comparedOptions, resolveStartSettings } from "../settings/resolve.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { UnwritableError } from "../system/state-folder.ts";
import type { Command, Environment, Io } from "./command.ts";
import { launchStart } from "./detach.ts";

const { detach: _, dryRun: __, showSecrets: ___, ...ensureOptions } = startOptions;

export const ensure: Command = {
  usage: "flvcast ensure DEVICE [options of start]",
  description:
    "Starts a stream in the background unless it is already running. Prints nothing on success, for use in cron.",
  flags: Object.values(ensureOptions),
  examples: [
    [
      "* * * * * flvcast ensure garden=cam0",
      "in a crontab: the stream is back within a minute, whatever happens",
    ],
  ],
  epilogue:
    "Exit code 0 if it is running or was started, otherwise that of start. If it is\nrunning with other options, ensure fails and names them.",
  run: runEnsure,
};

async function runEnsure(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name } = resolveStartSettings(flags, env).channel;
  const running = await streamNamed(name, env);
  const outcome: Ensured =
    running === null
      ? await only(foldersOf(env).state, name, () => startQuietly(flags, env, io))
      : { kind: "running" };
  if (outcome.kind === "failed") {
    io.stderr.write(outcome.said);
    return outcome.exitCode;
  }
  const holder = running ?? (await streamNamed(name, env));
  const differing = holder === null ? [] : await differingOptions(holder, comparedOptions(flags, env));
  if (holder !== null && differing.length > 0) throw otherOptions(holder, differing);
  return exitCodes.ok;
}

async function streamNamed(name: string, env: Environment): Promise<Holder | null> {
  return (await runningStreams(env)).find(({ key }) => key === name) ?? null;
}

function otherOptions({ key, pid }: Holder, differing: readonly string[]): UserError {
  return new UserError(
    "alreadyRunning",
    `"${key}" (pid ${pid}) is running with other options (${differing.map((flag) => `--${flag}`).join(", ")}); ` +
      `to apply yours: flvcast stop ${key}, or choose another --name`,
  );
}

async function only(folder: string, name: string, start: () => Promise<Ensured>): Promise<Ensured> {
  try {
    return await ensureRunning(folder, name, start);
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    throw new UserError("failure", `${error.message}, so it is unknown whether "${name}" is running`, {
      cause: error,
    });
  }
}

async function startQuietly(flags: FlagTexts, env: Environment, io: Io): Promise<Ensured> {
  try {
    const launched = await launchStart(flags, env, io);
    if (launched.kind === "failed" && launched.exitCode !== exitCodes.alreadyRunning) return launched;
  } catch (error) {
    if (!(error instanceof UserError) || error.reason !== "alreadyRunning") throw error;
  }
  return { kind: "running" }; // by us, or by hand at this very moment
}
