import { capturesDevice } from "../control/ask.ts";
import { type Ensured, ensureRunning } from "../control/ensure.ts";
import type { Holder } from "../control/name-lock.ts";
import { runningStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { UnwritableError } from "../system/state-folder.ts";
import type { Command, Environment, Io } from "./command.ts";
import { launchStart } from "./detach.ts";

const { detach: _, dryRun: __, showSecrets: ___, ...ensureOptions } = startOptions;

/** `flvcast ensure` */
export const ensure: Command = {
  usage: "flvcast ensure --device DEVICE [options of start]",
  description:
    "Starts a stream as start --detach does, unless one of its name runs. Says nothing when all is well: made for cron.",
  flags: Object.values(ensureOptions),
  examples: [
    [
      "* * * * * flvcast ensure --device cam0 --name garden",
      "in a crontab: on the air within a minute, whatever happens",
    ],
  ],
  epilogue:
    "Exit code 0 when it runs or was started, else that of start. A stream of that\nname with another --device is a failure.",
  run: runEnsure,
};

async function runEnsure(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, device } = resolveStartSettings(flags, env).channel;
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
  if (holder !== null && (await capturesDevice(holder, device.text)) === false) throw otherDevice(holder);
  return exitCodes.ok;
}

async function streamNamed(name: string, env: Environment): Promise<Holder | null> {
  return (await runningStreams(env)).find(({ key }) => key === name) ?? null;
}

function otherDevice({ key, pid }: Holder): UserError {
  return new UserError(
    "alreadyRunning",
    `${key} is running with another --device (pid ${pid}): give this one another --name, or stop that one: flvcast stop ${key}`,
  );
}

async function only(folder: string, name: string, start: () => Promise<Ensured>): Promise<Ensured> {
  try {
    return await ensureRunning(folder, name, start);
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    throw new UserError(
      "failure",
      `${error.message}, and without it nobody knows whether ${name} runs: let this user write there`,
      { cause: error },
    );
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
