import { writeFile } from "node:fs/promises";
import { stillOf } from "../control/ask.ts";
import { findStream } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { snapshotOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Command, Environment, Io } from "./command.ts";

export const snapshot: Command = {
  usage: "flvcast snapshot [NAME] [-o FILE]",
  description:
    "Saves the last key frame of a running stream as a JPEG. NAME is optional if only one is running.",
  flags: Object.values(snapshotOptions),
  examples: [
    ["flvcast snapshot garden -o garden.jpg", "save to a file"],
    ["flvcast snapshot | display", "pipe to another program"],
  ],
  epilogue: "Exit code 3 if the stream is not running, 18 if it has no image less than a\nminute old.",
  run: (flags, env, io) => runSnapshot(flags, env, io),
};

async function runSnapshot(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const { name, output } = readSettings(snapshotOptions, flags, env);
  if (output === "-" && io.stdout.isTTY)
    throw new UserError("usage", "not writing a JPEG to a terminal; use -o FILE or a pipe");
  const stream = await findStream(env, name);
  const still = await stillOf(stream);
  switch (still.kind) {
    case "none":
      throw new UserError("failure", `"${stream.key}" has no video, only audio`);
    case "not-yet":
      throw new UserError("notReady", `"${stream.key}" has no image yet; see flvcast status`);
    case "too-old":
      throw new UserError(
        "notReady",
        `"${stream.key}" has sent no key frame for ${Math.round((Date.now() - still.takenMs) / 1000)} s; set a shorter key frame interval ` +
          "in the camera, or start without --copy",
      );
    case "jpeg":
      if (output === "-") io.stdout.write(still.bytes);
      else await save(output, still.bytes);
      return exitCodes.ok;
  }
}

async function save(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw unwritable(path, error);
  }
}

export function unwritable(path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException; // node's own
  const isRefused = code === "EACCES" || code === "EROFS" || code === "EPERM";
  return new UserError(isRefused ? "permission" : "failure", `cannot write ${path}: ${message}`, {
    cause: error,
  });
}
