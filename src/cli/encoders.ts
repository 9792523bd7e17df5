import { EncoderCache } from "../encoders/cache.ts";
import { type EncoderProbeOptions, firstThatWorks, probeEncoders, usualPicture } from "../encoders/choose.ts";
import type { ProbeResult } from "../encoders/verdict.ts";
import { exitCodes } from "../errors.ts";
import type { Encoder } from "../ffmpeg/encoder.ts";
import { codecOf, encodersOf, encoders as table } from "../ffmpeg/encoder-table.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { codecCalled, nameOfCodec } from "../settings/codec-names.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { encodersOptions } from "../settings/tool-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import type { Command, Environment, Io } from "./command.ts";
import { encodersText, type FoundEncoders } from "./encoders-text.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface Probes {
  prepare(ffmpeg: string | null, env: Environment): Promise<Omit<EncoderProbeOptions, "size">>;
  probeEncoders(
    wanted: readonly Encoder[],
    options: EncoderProbeOptions,
    how: { readonly fresh: boolean },
  ): Promise<readonly ProbeResult[]>;
}

export const encoders: Command = {
  usage: "flvcast encoders [options]",
  description: "Shows which video encoders work on this machine, by encoding ten frames with each.",
  flags: Object.values(encodersOptions),
  examples: [
    ["flvcast encoders", "results are cached for a day"],
    ["flvcast encoders --verbose", "why the others do not work"],
    ["flvcast encoders --video-codec h265", "only those for H.265"],
    ["flvcast encoders --probe --size 1920x1080", "test again, e.g. after installing a driver"],
  ],
  epilogue:
    "Choose one with flvcast start --encoder NAME, or a codec with --video-codec; auto selects the first that works.",
  run: (flags, env, io) => runEncoders(flags, env, io, { prepare, probeEncoders }),
};

/** Prints what works. Resolves to the exit code. @throws UserError */
export async function runEncoders(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  probes: Probes,
): Promise<number> {
  const { probe, videoCodec, size, ffmpeg, verbose, json } = readSettings(encodersOptions, flags, env);
  const options = { ...(await probes.prepare(ffmpeg, env)), size: size ?? usualPicture.size };
  const codec = codecCalled(videoCodec);
  const wanted = codec === null ? table : encodersOf[codec];
  const results = await probes.probeEncoders(wanted, options, { fresh: probe });
  const found = { results, codecs: codec === null ? ALL_CODECS : [codec] };
  const text = json
    ? `${JSON.stringify(asJson(options, found))}\n`
    : encodersText(options, found, { verbose, nowMs: Date.now() });
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

const ALL_CODECS: readonly Encoder["codec"][] = ["h264", "hevc", "av1"];

/** `auto`: what `--video-codec auto` selects. */
function asJson({ ffmpeg, size }: EncoderProbeOptions, { results, codecs }: FoundEncoders) {
  const auto = Object.fromEntries(
    codecs.map((codec) => {
      const chosen = firstThatWorks(results, codec);
      return [nameOfCodec(codec), chosen && { encoder: chosen.encoder.name, node: chosen.node }];
    }),
  );
  return {
    ffmpeg: { path: ffmpeg.path, version: ffmpeg.version },
    size: `${size.width}x${size.height}`,
    auto: auto["h264"] ?? null,
    autoByCodec: auto,
    encoders: results.map(({ encoder, node, verdict, durationMs, atMs }) => ({
      ...{ encoder, videoCodec: nameOfCodec(codecOf(encoder)), node, works: verdict.works },
      ...(verdict.works
        ? { profile: verdict.profile, codec: verdict.codec }
        : { reason: verdict.reason, fix: verdict.fix }),
      ...{ durationMs, checkedAt: new Date(atMs).toISOString() },
    })),
  };
}
