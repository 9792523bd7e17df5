import { EncoderCache } from "../encoders/cache.ts";
import { type EncoderProbeOptions, firstThatWorks, probeEncoders, usualPicture } from "../encoders/choose.ts";
import type { ProbeResult } from "../encoders/verdict.ts";
import { exitCodes } from "../errors.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { encodersOptions } from "../settings/tool-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import type { Command, Environment, Io } from "./command.ts";
import { encodersText } from "./encoders-text.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface Probes {
  prepare(ffmpeg: string | null, env: Environment): Promise<Omit<EncoderProbeOptions, "size">>;
  probeEncoders(
    options: EncoderProbeOptions,
    how: { readonly fresh: boolean },
  ): Promise<readonly ProbeResult[]>;
}

/** `flvcast encoders` */
export const encoders: Command = {
  usage: "flvcast encoders [options]",
  description: "Shows which H.264 encoders work on this machine, by encoding ten frames with each.",
  flags: Object.values(encodersOptions),
  examples: [
    ["flvcast encoders", "results are cached for a day"],
    ["flvcast encoders --verbose", "why the others do not work"],
    ["flvcast encoders --probe --size 1920x1080", "test again, e.g. after installing a driver"],
  ],
  epilogue: "Choose one with flvcast start --encoder NAME; auto selects the first that works.",
  run: (flags, env, io) => runEncoders(flags, env, io, { prepare, probeEncoders }),
};

/** Prints what works. Resolves to the exit code. @throws UserError */
export async function runEncoders(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  probes: Probes,
): Promise<number> {
  const { probe, size, ffmpeg, verbose, json } = readSettings(encodersOptions, flags, env);
  const options = { ...(await probes.prepare(ffmpeg, env)), size: size ?? usualPicture.size };
  const results = await probes.probeEncoders(options, { fresh: probe });
  const text = json
    ? `${JSON.stringify(asJson(options, results))}\n`
    : encodersText(options, results, { verbose, nowMs: Date.now() });
  io.stdout.write(text);
  return exitCodes.ok;
}

async function prepare(ffmpeg: string | null, env: Environment): Promise<Omit<EncoderProbeOptions, "size">> {
  return {
    ffmpeg: await findFfmpeg(ffmpeg),
    fps: usualPicture.fps,
    machine: thisMachine(env),
    cache: new EncoderCache(foldersOf(env).cache),
  };
}

function asJson({ ffmpeg, size }: EncoderProbeOptions, results: readonly ProbeResult[]) {
  const auto = firstThatWorks(results);
  return {
    ffmpeg: { path: ffmpeg.path, version: ffmpeg.version },
    size: `${size.width}x${size.height}`,
    auto: auto && { encoder: auto.encoder.name, node: auto.node },
    encoders: results.map(({ encoder, node, verdict, durationMs, atMs }) => ({
      ...{ encoder, node, works: verdict.works },
      ...(verdict.works
        ? { profile: verdict.profile, codec: verdict.codec }
        : { reason: verdict.reason, fix: verdict.fix }),
      ...{ durationMs, checkedAt: new Date(atMs).toISOString() },
    })),
  };
}
