import type { StampedBy } from "../devices/camera-source.ts";
import { readPins } from "../devices/pins.ts";
import type { Source } from "../devices/source.ts";
import { type DeviceSpec, parseDeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { foldersOf } from "../folders.ts";
import type { Tracks } from "../media/packet.ts";
import type { StartSettings } from "../settings/settings.ts";
import type { Machine } from "../system/machine.ts";
import { type OpenOptions, openSource } from "./open.ts";
import { openMicrophoneOf } from "./open-device.ts";
import { reopenSource } from "./reopen.ts";

/** One thing that ffmpeg captures, and what of it is wanted. */
export interface Input {
  readonly source: Source;
  readonly wanted: Tracks;
}

export interface InputContext {
  readonly machine: Machine;
  readonly ffmpeg: FfmpegBinary;
  readonly stampedBy: StampedBy;
  /** A camera's own H.264 may go out as it is. */
  readonly mayCopy: boolean;
}

type Openable = Exclude<DeviceSpec, { kind: "stdin" }>;

const SOUND: Tracks = { video: false, audio: true };

/** Opens what `--device` and `--audio` name; the device's own input comes first. Raw H.264 on stdin is none. */
export async function openInputs(settings: StartSettings, context: InputContext): Promise<readonly Input[]> {
  const device = parseDeviceSpec(settings.device);
  const sound = parseAudio(settings.audio);
  const options = await openOptions(settings, context);
  const second = isOwnOrNone(sound) ? [] : [await openSound(sound, options)];
  if (device.kind === "stdin") return second;

  const wanted = { video: true, audio: sound === "own" };
  const source = await openSource(device, { ...options, role: "main", wanted });
  if (source.video === null && sound !== "own") {
    throw new UserError("usage", `${source.label} has only sound: leave --audio out`);
  }
  const own = sound === "own" ? await ownMicrophone(source, options) : [];
  return [{ source, wanted }, ...own, ...second];
}

/** Opens what an input was opened from again; see `reopenSource`. */
export async function reopenInput(
  source: Source,
  settings: StartSettings,
  context: InputContext,
  how: { readonly isSame: boolean },
): Promise<Source> {
  const role = source.video === null ? "sound" : "main";
  return reopenSource(source, { ...(await openOptions(settings, context)), role }, how);
}

type CommonOptions = Omit<OpenOptions, "role" | "wanted">;

async function openOptions(settings: StartSettings, context: InputContext): Promise<CommonOptions> {
  const { machine } = context;
  return {
    ...settings,
    ...context,
    pins: await readPins(foldersOf(machine.env).configuration),
    timeoutMs: settings.readyTimeoutMs,
  };
}

async function openSound(spec: Openable, options: CommonOptions): Promise<Input> {
  const source = await openSource(spec, { ...options, role: "sound", wanted: SOUND });
  if (source.audio === null) {
    throw new UserError(
      "brokenInput",
      `--audio ${source.label} has no sound: give another, or leave --audio out`,
    );
  }
  return { source, wanted: SOUND };
}

async function ownMicrophone({ device }: Source, options: CommonOptions): Promise<readonly Input[]> {
  if (device?.kind !== "camera") return [];
  const source = await openMicrophoneOf(device, options);
  return source === null ? [] : [{ source, wanted: SOUND }];
}

function parseAudio(text: string): "own" | "none" | Openable {
  if (text === "auto") return "own";
  if (text === "none") return "none";
  const spec = parseDeviceSpec(text);
  if (spec.kind === "stdin" || spec.kind === "screen") {
    throw new UserError(
      "usage",
      `--audio ${text} has no sound: give a microphone, test, a media file or a URL`,
    );
  }
  return spec;
}

function isOwnOrNone(sound: "own" | "none" | Openable): sound is "own" | "none" {
  return typeof sound === "string";
}
