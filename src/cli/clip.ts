import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { clipOf } from "../control/ask.ts";
import { findStream } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { makeMp4 } from "../recordings/mp4.ts";
import { clipOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";
import { forcedExitCode, whileWanted } from "./signals.ts";
import { unwritable } from "./snapshot.ts";

export const clip: Command = {
  usage: "flvcast clip [NAME] [--last TIME] [-o FILE]",
  description:
    "Saves the last seconds of a running stream that was started with --history. NAME is optional if only one is running.",
  flags: Object.values(clipOptions),
  examples: [
    ["flvcast clip garden --last 30s -o fox.mp4", "the last 30 seconds"],
    ["flvcast clip -o all.flv", "all that --history keeps, without ffmpeg"],
    ["flvcast clip | mpv -", "play it"],
  ],
  epilogue: "Exit code 3 if the stream is not running, 18 if no key frame has come yet.",
  run: (flags, env, io) => runClip(flags, env, io),
};

/** Clips are smaller, and made in a second. */
const MAX_BYTES = 1_000_000_000;
const TIMEOUT_MS = 60_000;

async function runClip(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, lastMs, output, force, ffmpeg } = readSettings(clipOptions, flags, env);
  if (output === "-" && io.stdout.isTTY)
    throw new UserError("usage", "not writing video to a terminal; use -o FILE or a pipe");
  const isMp4 = /\.mp4$/i.test(output);
  const stream = await findStream(env, name);
  if (!force && output !== "-" && existsSync(output))
    throw new UserError("failure", `${output} already exists; overwrite it with --force`);
  const ffmpegPath = isMp4 ? (await findFfmpeg(ffmpeg)).path : null;
  const sent = await clipOf(stream, lastMs);
  switch (sent.kind) {
    case "none":
      throw new UserError(
        "failure",
        `"${stream.key}" keeps nothing for clips; start it with --history, e.g. --history 30s`,
      );
    case "not-yet":
      throw new UserError("notReady", `"${stream.key}" has sent no key frame yet; see flvcast status`);
    case "flv":
      if (output === "-") for (const part of sent.parts) io.stdout.write(part);
      else if (ffmpegPath === null) await saveFlv(sent.parts, output);
      else return await whileWanted(env, io, (signal) => saveMp4(sent.parts, { output, ffmpegPath, signal }));
      return exitCodes.ok;
  }
}

/** Resolves to the exit code. @throws UserError */
async function saveMp4(
  parts: readonly Uint8Array[],
  to: { readonly output: string; readonly ffmpegPath: string; readonly signal: AbortSignal },
): Promise<number> {
  const { output, ffmpegPath, signal } = to;
  const disk = { move: rename, remove: (file: string) => rm(file) };
  const limits = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS };
  try {
    await makeMp4(parts, { file: resolve(output), ffmpegPath, signal, disk, ...limits });
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) return forcedExitCode(signal.reason as NodeJS.Signals); // see whileWanted
    throw error;
  }
}

/** Under another name until it is whole. */
async function saveFlv(parts: readonly Uint8Array[], output: string): Promise<void> {
  const part = `${output}.${process.pid}.part`;
  try {
    await writeFile(part, parts);
    await rename(part, output);
  } catch (error) {
    await rm(part, { force: true });
    throw unwritable(output, error);
  }
}
