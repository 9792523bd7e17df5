import type { StampedBy } from "../devices/camera-source.ts";
import type { SourceVideo } from "../devices/source.ts";
import {
  chooseEncoder,
  type EncoderChoice,
  type EncoderProbeOptions,
  encoderNamed,
} from "../encoders/choose.ts";
import { type ExitReason, UserError } from "../errors.ts";
import type { ChosenEncoder } from "../ffmpeg/encoder.ts";
import { type FfmpegBinary, findFfmpeg } from "../ffmpeg/find.ts";
import { encodesVideo, type ProcessPlan, planProcess } from "../ffmpeg/plan.ts";
import { foldersOf } from "../folders.ts";
import { type Input, openInputs, reopenInput } from "../inputs/inputs.ts";
import type { Rates } from "../media/flv/metadata.ts";
import type { Tracks } from "../media/packet.ts";
import type { StartSettings } from "../settings/settings.ts";
import type { Machine } from "../system/machine.ts";

/** What a channel captures and how: decided before anything is captured. */
export interface ChannelPlan {
  /** null where no process is run. */
  readonly ffmpeg: FfmpegBinary | null;
  /** One process per input; the first is the device's own, and the stream ends with it. */
  readonly processes: readonly ProcessPlan[];
  /** Raw H.264 comes on our stdin, beside what the processes bring. */
  readonly readsStdin: boolean;
  /** The picture is passed through, by `--copy` or as the camera's own H.264. */
  readonly isCopied: boolean;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** How pictures are encoded, and why so; null where nothing is encoded. */
  readonly encoder: EncoderChoice | null;
  /** What the encoder was chosen by. */
  readonly overrides: Overrides;
}

/** What an attempt that failed has taught the next one. */
export interface Overrides {
  readonly stampedBy: StampedBy;
  /** A camera's own H.264 is not to go out as it is: it has B-frames. */
  readonly transcodes: boolean;
  /** Encoders that passed their trial and then failed. */
  readonly brokenEncoders: readonly ChosenEncoder[];
}

export const noOverrides: Overrides = { stampedBy: "driver", transcodes: false, brokenEncoders: [] };

/**
 * What can be found out before a device is there, so that it need not be when it comes: ffmpeg, and the encoders that work,
 * which are remembered. Null where no process will be run. @throws UserError of reason `noFfmpeg`
 */
export async function prepare(settings: StartSettings, machine: Machine): Promise<FfmpegBinary | null> {
  if (settings.device === "-" && ["auto", "none"].includes(settings.audio)) return null;
  const ffmpeg = await findFfmpeg(settings.ffmpeg);
  const stage = stageOf(settings, null, { ffmpeg, machine, overrides: noOverrides });
  await chooseEncoder(settings.encoder, stage).catch((failure: unknown) => {
    if (!(failure instanceof UserError)) throw failure; // what does not work is told when it is needed
  });
  return ffmpeg;
}

/** Finds ffmpeg, opens what `--device` and `--audio` name, finds an encoder, and processes one process for each input. */
export async function planChannel(
  settings: StartSettings,
  machine: Machine,
  overrides: Overrides = noOverrides,
  foundFfmpeg: FfmpegBinary | null = null,
): Promise<ChannelPlan> {
  const readsStdin = settings.device === "-";
  if (readsStdin && ["auto", "none"].includes(settings.audio)) {
    return { ...planOf([], settings.fps, readsStdin), ffmpeg: null, encoder: null, overrides };
  }
  if (settings.encoder !== "auto") encoderNamed(settings.encoder); // a wrong name is told before anything is opened
  const ffmpeg = foundFfmpeg ?? (await findFfmpeg(settings.ffmpeg));
  const mayCopy = mayCopyCamera(settings) && !overrides.transcodes;
  const inputs = await openInputs(settings, { machine, ffmpeg, stampedBy: overrides.stampedBy, mayCopy });
  const encoder = await encoderFor(inputs, settings, { ffmpeg, machine, overrides });
  const processes = inputs.map(({ source, wanted }) =>
    planProcess(source, wanted, {
      ...settings,
      majorVersion: ffmpeg.majorVersion,
      encoder: encoder?.chosen ?? null,
      baseS: baseNow(),
    }),
  );
  return { ...planOf(processes, settings.fps, readsStdin), ffmpeg, encoder, overrides };
}

/** The ffmpeg that captures, or would: what comes on stdin takes none. @throws UserError where there is none */
export async function ffmpegOf(plan: ChannelPlan | null, settings: StartSettings): Promise<FfmpegBinary> {
  return plan?.ffmpeg ?? (await findFfmpeg(settings.ffmpeg));
}

/**
 * Plans the process of one input anew, after it has ended: the same device, wherever it is by now, with the encoder that
 * works by now. The tracks stay what they were.
 *
 * @throws UserError while the device cannot be opened
 */
export async function replanInput(
  ended: { readonly plan: ProcessPlan; readonly sentFrames: boolean; readonly failure: UserError },
  { ffmpeg, encoder, overrides: oldOverrides }: ChannelPlan,
  settings: StartSettings,
  machine: Machine,
  overrides: Overrides,
): Promise<{ readonly plan: ProcessPlan; readonly encoder: EncoderChoice | null }> {
  if (ffmpeg === null) throw new Error("a process is planned, and no ffmpeg was looked for");
  const { source: old, video, audio } = ended.plan;
  const wanted = { video: video !== null, audio: audio !== null };
  const mayCopy = mayCopyCamera(settings) && !overrides.transcodes;
  const context = { machine, ffmpeg, stampedBy: overrides.stampedBy, mayCopy };
  const isSame = ended.sentFrames || NOT_TO_BE_HAD.includes(ended.failure.reason);
  const source = await reopenInput(old, settings, context, { isSame });
  const isKept = !wanted.video || (isSame && overrides === oldOverrides);
  const chosen = isKept
    ? encoder
    : await encoderFor([{ source, wanted }], settings, { ffmpeg, machine, overrides });
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
  readonly overrides: Overrides;
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
  { ffmpeg, machine, overrides }: EncoderContext,
): EncoderProbeOptions {
  return {
    ffmpeg,
    machine,
    size: size ?? video?.size ?? USUAL.size,
    fps: fps ?? video?.fps ?? USUAL.fps,
    cacheFolder: foldersOf(machine.env).cache,
    except: overrides.brokenEncoders,
  };
}

function planOf(
  processes: readonly ProcessPlan[],
  fps: number | null,
  readsStdin: boolean,
): Pick<ChannelPlan, "processes" | "tracks" | "rates" | "readsStdin" | "isCopied"> {
  const video = processes.map((plan) => plan.video).find((track) => track !== null) ?? null;
  const audio = processes.map((plan) => plan.audio).find((track) => track !== null) ?? null;
  const framerate = readsStdin ? fps : (video?.fps ?? null);
  return {
    processes,
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
