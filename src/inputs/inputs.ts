import type { StampedBy } from "../devices/camera-source.ts";
import type { ControlSetting } from "../devices/control.ts";
import { joinedSource } from "../devices/joined-source.ts";
import type { OpenHow } from "../devices/media.ts";
import { readPins } from "../devices/pins.ts";
import { release, type Source } from "../devices/source.ts";
import type { AudioSpec, DeviceSpec, SoundSpec } from "../devices/spec.ts";
import { anyTracks, type TrackChoice } from "../devices/track-choice.ts";
import { UserError } from "../errors.ts";
import type { WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import type { VideoGoal } from "../ffmpeg/encoder.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { leastSize, sizeBefore } from "../ffmpeg/video-filters.ts";
import type { Tracks } from "../media/packet.ts";
import { foldersOf } from "../system/folders.ts";
import type { Machine } from "../system/machine.ts";
import { applyControls, setControls } from "./camera-controls.ts";
import { type OpenOptions, openSource } from "./open.ts";
import { openMicrophoneOf } from "./open-device.ts";
import { type Reopening, reopenSource } from "./reopen.ts";

export interface Input {
  readonly source: Source;
  readonly wanted: Tracks;
}

export interface InputSettings {
  readonly device: DeviceSpec;
  readonly audio: AudioSpec;
  readonly loop: boolean;
  /** The camera's format, by ffmpeg's name. */
  readonly inputFormat: string | null;
  readonly controls: readonly ControlSetting[];
  readonly video: Pick<VideoGoal, "size" | "fps" | "filters">;
  readonly audioCodec: WantedAudioCodec;
  /** How a file or a URL is opened, and which of its tracks are taken. */
  readonly how: OpenHow;
  readonly tracks: Omit<TrackChoice, "size">;
  /** How long a file or a URL may take to say what is in it. */
  readonly readyTimeoutMs: number;
}

export interface InputContext {
  readonly machine: Machine;
  readonly ffmpeg: FfmpegBinary;
  readonly stampedBy: StampedBy;
  /** A camera's own H.264 may go out as it is. */
  readonly mayCopy: boolean;
  /** So may that of a stream which flvcast can read without ffmpeg. */
  readonly mayPass: boolean;
}

const SOUND: Tracks = { video: false, audio: true };

/**
 * Opens what `--device` and `--audio` name; the device's own input comes first. Raw H.264 on stdin is none.
 * @param opened what `--device` names, where it is open already: where this throws, it stays open
 */
export async function openInputs(
  settings: InputSettings,
  context: InputContext,
  opened: Source | null = null,
): Promise<readonly Input[]> {
  const { device, audio } = settings;
  const options = await openOptions(settings, context);
  const wanted = { video: true, audio: audio === "own" };
  const inputs: Input[] = [];
  try {
    if (typeof audio !== "string") inputs.push(await openSound(audio, options));
    if (opened !== null) return [{ source: opened, wanted }, ...inputs];
    if (device.kind === "stdin" || device.kind === "publisher") return inputs;
    const source = await openSource(device, { ...options, wanted });
    inputs.unshift({ source, wanted });
    await applyControls(source, settings.controls, context.machine);
    if (source.video === null && audio !== "own") {
      throw new UserError("usage", `${source.label} has audio only; remove --audio`);
    }
    if (audio === "own") inputs.push(...(await ownMicrophone(source, options)));
    const [, microphone] = inputs;
    const joined = microphone && joinedSource(source, microphone.source);
    return joined ? [{ source: joined, wanted: { video: true, audio: true } }] : inputs;
  } catch (failure) {
    for (const { source } of inputs) release(source);
    throw failure;
  }
}

/** Opens what an input was opened from again; see `reopenSource`. */
export async function reopenInput(
  source: Source,
  settings: InputSettings,
  context: InputContext,
  how: Reopening,
): Promise<Source> {
  const opened = await reopenSource(source, await openOptions(settings, context), how);
  if (opened.video !== null) await setControls(opened, settings.controls, context.machine);
  return opened;
}

type CommonOptions = Omit<OpenOptions, "wanted">;

async function openOptions(settings: InputSettings, context: InputContext): Promise<CommonOptions> {
  const { audioCodec, inputFormat, loop, how, tracks } = settings;
  const { size, fps, filters } = settings.video;
  const { machine, ffmpeg, stampedBy, mayCopy, mayPass } = context;
  return {
    ...{ machine, ffmpeg, stampedBy, mayPass, audioCodec, loop, how, tracks },
    mode: { size: sizeBefore(size, filters), fps, atLeast: leastSize(filters), inputFormat, mayCopy },
    pins: await readPins(foldersOf(machine.env).configuration),
    timeoutMs: settings.readyTimeoutMs,
  };
}

async function openSound(spec: SoundSpec, options: CommonOptions): Promise<Input> {
  // --demuxer, --map and --variant are about --device.
  const own = { wanted: SOUND, mayPass: false, how: { ...options.how, demuxer: null }, tracks: anyTracks };
  const source = await openSource(spec, { ...options, ...own });
  if (source.audio === null) {
    throw new UserError(
      "brokenInput",
      `--audio ${source.label} has no audio; choose another source, or remove --audio`,
    );
  }
  return { source, wanted: SOUND };
}

async function ownMicrophone({ device }: Source, options: CommonOptions): Promise<readonly Input[]> {
  if (device?.kind !== "camera") return [];
  const source = await openMicrophoneOf(device, options);
  return source === null ? [] : [{ source, wanted: SOUND }];
}
