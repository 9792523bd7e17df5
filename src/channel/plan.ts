import type { StampedBy } from "../devices/camera-source.ts";
import type { SourceVideo } from "../devices/source.ts";
import { type AuditionOptions, chooseEncoder, type EncoderChoice, encoderNamed } from "../encoders/choose.ts";
import { type ExitReason, UserError } from "../errors.ts";
import type { ChosenEncoder } from "../ffmpeg/encoder.ts";
import { type FfmpegBinary, findFfmpeg } from "../ffmpeg/find.ts";
import { encodesVideo, type Plan, planProcess } from "../ffmpeg/plan.ts";
import { foldersOf } from "../folders.ts";
import { type Input, openInputs, reopenInput } from "../inputs/inputs.ts";
import type { Rates } from "../media/flv/metadata.ts";
import type { Tracks } from "../media/packet.ts";
import type { StartSettings } from "../settings/settings.ts";
import type { Machine } from "../system/machine.ts";

/** What a cast captures and how: decided before anything is captured. */
export interface Lineup {
  /** null where no process is run. */
  readonly ffmpeg: FfmpegBinary | null;
  /** One process per input; the first is the device's own, and the stream ends with it. */
  readonly plans: readonly Plan[];
  /** Raw H.264 comes on our stdin, beside what the processes bring. */
  readonly readsStdin: boolean;
  /** The picture is passed through, by `--copy` or as the camera's own H.264. */
  readonly isCopied: boolean;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** How pictures are encoded, and why so; null where nothing is encoded. */
  readonly encoder: EncoderChoice | null;
  /** What the encoder was chosen by. */
  readonly lessons: Lessons;
}

/** What an attempt that failed has taught the next one. */
export interface Lessons {
  readonly stampedBy: StampedBy;
  /** A camera's own H.264 is not to go out as it is: it has B-frames. */
  readonly encodesAnew: boolean;
  /** Encoders that passed their trial and then failed. */
  readonly brokenEncoders: readonly ChosenEncoder[];
}

export const noLessons: Lessons = { stampedBy: "driver", encodesAnew: false, brokenEncoders: [] };

/**
 * What can be found out before a device is there, so that it need not be when it comes: ffmpeg, and the encoders that work,
 * which are remembered. Null where no process will be run. @throws UserError of reason `noFfmpeg`
 */
export async function prepare(settings: StartSettings, machine: Machine): Promise<FfmpegBinary | null> {
  if (settings.device === "-" && ["auto", "none"].includes(settings.audio)) return null;
  const ffmpeg = await findFfmpeg(settings.ffmpeg);
  const stage = stageOf(settings, null, { ffmpeg, machine, lessons: noLessons });
  await chooseEncoder(settings.encoder, stage).catch((failure: unknown) => {
    if (!(failure instanceof UserError)) throw failure; // what does not work is told when it is needed
  });
  return ffmpeg;
}

/** Finds ffmpeg, opens what `--device` and `--audio` name, finds an encoder, and plans one process for each input. */
export async function planLineup(
  settings: StartSettings,
  machine: Machine,
  lessons: Lessons = noLessons,
  foundFfmpeg: FfmpegBinary | null = null,
): Promise<Lineup> {
  const readsStdin = settings.device === "-";
  if (readsStdin && ["auto", "none"].includes(settings.audio)) {
    return { ...lineupOf([], settings.fps, readsStdin), ffmpeg: null, encoder: null, lessons };
  }
  if (settings.encoder !== "auto") encoderNamed(settings.encoder); // a wrong name is told before anything is opened
  const ffmpeg = foundFfmpeg ?? (await findFfmpeg(settings.ffmpeg));
  const mayCopy = mayCopyCamera(settings) && !lessons.encodesAnew;
  const inputs = await openInputs(settings, { machine, ffmpeg, stampedBy: lessons.stampedBy, mayCopy });
  const encoder = await encoderFor(inputs, settings, { ffmpeg, machine, lessons });
  const plans = inputs.map(({ source, wanted }) =>
    planProcess(source, wanted, {
      ...settings,
      majorVersion: ffmpeg.majorVersion,
      encoder: encoder?.chosen ?? null,
      baseS: baseNow(),
    }),
  );
  return { ...lineupOf(plans, settings.fps, readsStdin), ffmpeg, encoder, lessons };
}

/** The ffmpeg that captures, or would: what comes on stdin takes none. @throws UserError where there is none */
export async function ffmpegOf(lineup: Lineup | null, settings: StartSettings): Promise<FfmpegBinary> {
  return lineup?.ffmpeg ?? (await findFfmpeg(settings.ffmpeg));
}

/**
 * Plans the process of one input anew, after it has ended: the same device, wherever it is by now, with the encoder that
 * works by now. The tracks stay what they were.
 *
 * @throws UserError while the device cannot be opened
 */
export async function replanInput(
  ended: { readonly plan: Plan; readonly sentFrames: boolean; readonly failure: UserError },
  { ffmpeg, encoder, lessons: oldLessons }: Lineup,
  settings: StartSettings,
  machine: Machine,
  lessons: Lessons,
): Promise<{ readonly plan: Plan; readonly encoder: EncoderChoice | null }> {
  if (ffmpeg === null) throw new Error("a process is planned, and no ffmpeg was looked for");
  const { source: old, video, audio } = ended.plan;
  const wanted = { video: video !== null, audio: audio !== null };
  const mayCopy = mayCopyCamera(settings) && !lessons.encodesAnew;
  const context = { machine, ffmpeg, stampedBy: lessons.stampedBy, mayCopy };
  const isSame = ended.sentFrames || NOT_TO_BE_HAD.includes(ended.failure.reason);
  const source = await reopenInput(old, settings, context, { isSame });
  const isKept = !wanted.video || (isSame && lessons === oldLessons);
  const chosen = isKept
    ? encoder
    : await encoderFor([{ source, wanted }], settings, { ffmpeg, machine, lessons });
  const { majorVersion } = ffmpeg;
  const options = { ...settings, majorVersion, encoder: chosen?.chosen ?? null, baseS: baseNow() };
  return { plan: planProcess(source, wanted, options), encoder: chosen };
}

/** The device was not there, or not ours: nothing is said of what it sends. */
const NOT_TO_BE_HAD: readonly ExitReason[] = ["deviceAbsent", "deviceBusy", "permission"];

/** A second ago: what a driver stamped before its process was there is of after it. */
const baseNow = () => Math.floor(Date.now() / 1000) - 1;

/** Nothing was asked for that only an encoder of ours can do. */
function mayCopyCamera({ copy, bitrateKbps, encoder, gopSeconds }: StartSettings): boolean {
  return copy || (bitrateKbps === null && encoder === "auto" && gopSeconds === 1);
}

/** What encoders are tried with where the picture is not known before it comes. */
const USUAL = { size: { width: 1280, height: 720 }, fps: 30 };

interface EncoderContext {
  readonly ffmpeg: FfmpegBinary;
  readonly machine: Machine;
  readonly lessons: Lessons;
}

async function encoderFor(
  inputs: readonly Input[],
  settings: StartSettings,
  context: EncoderContext,
): Promise<EncoderChoice | null> {
  const input = inputs.find(({ source, wanted }) => wanted.video && encodesVideo(source, settings));
  if (input === undefined) return null;
  return chooseEncoder(settings.encoder, stageOf(settings, input.source.video, context));
}

function stageOf(
  { size, fps }: StartSettings,
  video: SourceVideo | null,
  { ffmpeg, machine, lessons }: EncoderContext,
): AuditionOptions {
  return {
    ffmpeg,
    machine,
    size: size ?? video?.size ?? USUAL.size,
    fps: fps ?? video?.fps ?? USUAL.fps,
    cacheFolder: foldersOf(machine.env).cache,
    except: lessons.brokenEncoders,
  };
}

function lineupOf(
  plans: readonly Plan[],
  fps: number | null,
  readsStdin: boolean,
): Pick<Lineup, "plans" | "tracks" | "rates" | "readsStdin" | "isCopied"> {
  const video = plans.map((plan) => plan.video).find((track) => track !== null) ?? null;
  const audio = plans.map((plan) => plan.audio).find((track) => track !== null) ?? null;
  const framerate = readsStdin ? fps : (video?.fps ?? null);
  return {
    plans,
    readsStdin,
    isCopied: video !== null && video.encoder === null,
    tracks: { video: readsStdin || video !== null, audio: audio !== null },
    rates: {
      ...(framerate === null ? {} : { framerate }),
      ...(video?.bitrateKbps == null ? {} : { videoKbps: video.bitrateKbps }),
      ...(audio?.bitrateKbps == null ? {} : { audioKbps: audio.bitrateKbps }),
    },
  };
}
