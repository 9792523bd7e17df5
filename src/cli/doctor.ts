import { listDevices } from "../devices/platform/list.ts";
import type { DoctorContext, TriedEncoder } from "../doctor/context.ts";
import { examine } from "../doctor/examine.ts";
import { verdictOf } from "../doctor/finding.ts";
import { contextOf } from "../doctor/this-context.ts";
import { EncoderCache } from "../encoders/cache.ts";
import { isHardware } from "../encoders/candidates.ts";
import { probeEncoders } from "../encoders/choose.ts";
import type { ProbeResult } from "../encoders/verdict.ts";
import { exitCodes } from "../errors.ts";
import { encoders } from "../ffmpeg/encoder-table.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { DoctorSettings } from "../settings/settings.ts";
import { doctorOptions } from "../settings/tool-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import type { Command, Environment, Io } from "./command.ts";
import { findingsText } from "./findings-text.ts";

export const doctor: Command = {
  usage: "flvcast doctor [options]",
  description: "Checks this machine for problems with streaming, and tells how to fix them.",
  flags: Object.values(doctorOptions),
  examples: [
    ["flvcast doctor", "check everything"],
    ["flvcast doctor --host 0.0.0.0 --port 9000", "check whether other machines could watch"],
    ["sudo flvcast doctor", "also check firewalls that only root may query"],
  ],
  epilogue: "Exit code 0, or 1 if there is a failure. Nothing is changed.",
  run: (flags, env, io) => runDoctor(flags, env, io, thisContext),
};

/** Looks, prints, and resolves to the exit code. @throws UserError of reason `usage` */
export async function runDoctor(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  contextFor: (settings: DoctorSettings, env: Environment) => Promise<DoctorContext>,
): Promise<number> {
  const settings = readSettings(doctorOptions, flags, env);
  const findings = await examine(await contextFor(settings, env));
  const verdict = verdictOf(findings);
  const hasColour = io.stdout.isTTY && !env["NO_COLOR"];
  io.stdout.write(
    settings.json ? `${JSON.stringify({ findings, verdict })}\n` : findingsText(findings, hasColour),
  );
  return verdict === "failure" ? exitCodes.failure : exitCodes.ok;
}

function thisContext(settings: DoctorSettings, env: Environment): Promise<DoctorContext> {
  const machine = thisMachine(env);
  return contextOf(settings, {
    machine,
    findFfmpeg: () => findFfmpeg(settings.ffmpeg),
    listDevices: async (ffmpegPath) => Object.values(await listDevices({ machine, ffmpegPath })).flat(),
    probeEncoders: async (ffmpeg) => {
      const options = {
        ffmpeg,
        machine,
        fps: TRIED_FPS,
        size: TRIED_SIZE,
        cache: new EncoderCache(foldersOf(env).cache),
      };
      return (await probeEncoders(TRIED, options, { fresh: true })).map(triedEncoder);
    },
  });
}

/** Small: the question is whether an encoder works, on however slow a machine, with all others tried beside it. */
const TRIED_SIZE = { width: 640, height: 360 };
const TRIED_FPS = 25;

/** What streams need, and what hardware can do beyond it. */
const TRIED = encoders.filter((encoder) => encoder.codec === "h264" || isHardware(encoder));

function triedEncoder({ encoder: name, node, verdict }: ProbeResult): TriedEncoder {
  const encoder = TRIED.find((one) => one.name === name);
  const tried = {
    ...{ name, node, codec: encoder?.codec ?? "h264" },
    isHardware: encoder !== undefined && isHardware(encoder),
  };
  if (verdict.works) return { ...tried, works: true, reason: null, fix: null };
  const { reason, fix, isAbsent } = verdict;
  return { ...tried, works: false, reason, fix: isAbsent && tried.isHardware ? null : fix };
}
