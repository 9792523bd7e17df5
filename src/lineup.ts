import type { Tracks } from "./codec/packet.ts";
import type { Source } from "./device/source.ts";
import { type DeviceSpec, parseDeviceSpec } from "./device/spec.ts";
import { type Encoder, encoders } from "./encoder/encoders.ts";
import { UserError } from "./failure.ts";
import { findFfmpeg } from "./ffmpeg/find.ts";
import { openSource } from "./ffmpeg/open.ts";
import { type Plan, planProcess } from "./ffmpeg/plan.ts";
import type { Rates } from "./flv/metadata.ts";
import type { StartSettings } from "./settings/settings.ts";

/** What a cast captures and how: decided before anything is captured. */
export interface Lineup {
  readonly ffmpegPath: string;
  /** One process per input; the first is the device's own, and the stream ends with it. */
  readonly plans: readonly Plan[];
  /** Raw H.264 comes on our stdin, beside what the processes bring. */
  readonly readsStdin: boolean;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** The video encoder's name; null where nothing is encoded. */
  readonly videoEncoder: string | null;
  /** See `PlanOptions.baseS`. */
  readonly baseS: number;
}

/** Finds ffmpeg, opens what `--device` and `--audio` name, and plans one process for each. */
export async function planLineup(settings: StartSettings, env: NodeJS.ProcessEnv): Promise<Lineup> {
  const device = parseDeviceSpec(settings.device);
  const baseS = Math.floor(Date.now() / 1000) - 1;
  const sound = parseAudio(settings.audio);
  if (device.kind === "stdin" && (sound === "own" || sound === "none")) {
    return stdinLineup({ ffmpegPath: "", plans: [], baseS }, settings.fps);
  }
  const encoder = chooseEncoder(settings.encoder);
  const ffmpeg = await findFfmpeg(settings.ffmpeg);
  const open = (spec: Exclude<DeviceSpec, { kind: "stdin" }>, wanted: Tracks) =>
    openSource(spec, {
      ...settings,
      ffmpeg,
      wanted,
      timeoutMs: settings.readyTimeoutMs,
      display: env["DISPLAY"],
    });
  const plan = (source: Source, wanted: Tracks) =>
    planProcess(source, wanted, { ...settings, majorVersion: ffmpeg.majorVersion, encoder, baseS });

  const second = typeof sound === "string" ? null : await open(sound, { video: false, audio: true });
  if (second !== null && second.audio === null) {
    throw new UserError(
      "brokenInput",
      `--audio ${second.label} has no sound: give another, or leave --audio out`,
    );
  }
  const secondPlans = second === null ? [] : [plan(second, { video: false, audio: true })];
  if (device.kind === "stdin") {
    return stdinLineup({ ffmpegPath: ffmpeg.path, plans: secondPlans, baseS }, settings.fps);
  }
  const wanted = { video: true, audio: sound === "own" };
  const first = await open(device, wanted);
  if (first.video === null && sound !== "own") {
    throw new UserError("usage", `${first.label} has only sound: leave --audio out`);
  }
  return lineupOf({ ffmpegPath: ffmpeg.path, plans: [plan(first, wanted), ...secondPlans], baseS });
}

type Planned = Pick<Lineup, "ffmpegPath" | "plans" | "baseS">;

function lineupOf(planned: Planned): Lineup {
  const video = planned.plans.map((plan) => plan.video).find((track) => track !== null) ?? null;
  const audio = planned.plans.map((plan) => plan.audio).find((track) => track !== null) ?? null;
  return {
    ...planned,
    readsStdin: false,
    tracks: { video: video !== null, audio: audio !== null },
    rates: {
      ...(video?.fps == null ? {} : { framerate: video.fps }),
      ...(video?.bitrateKbps == null ? {} : { videoKbps: video.bitrateKbps }),
      ...(audio?.bitrateKbps == null ? {} : { audioKbps: audio.bitrateKbps }),
    },
    videoEncoder: video?.encoder ?? null,
  };
}

function stdinLineup(planned: Planned, fps: number | null): Lineup {
  const { tracks, rates, ...rest } = lineupOf(planned);
  return {
    ...rest,
    readsStdin: true,
    tracks: { ...tracks, video: true },
    rates: { ...rates, ...(fps === null ? {} : { framerate: fps }) },
  };
}

function parseAudio(text: string): "own" | "none" | Exclude<DeviceSpec, { kind: "stdin" }> {
  if (text === "auto") return "own";
  if (text === "none") return "none";
  const spec = parseDeviceSpec(text);
  if (spec.kind === "stdin" || spec.kind === "screen") {
    throw new UserError("usage", `--audio ${text} has no sound: give test, a media file or a URL`);
  }
  return spec;
}

function chooseEncoder(name: string): Encoder {
  const found = name === "auto" ? encoders[0] : encoders.find((encoder) => encoder.name === name);
  if (found !== undefined) return found;
  const known = encoders.map((encoder) => encoder.name).join(", ");
  throw new UserError(
    "noEncoder",
    `--encoder ${name} is not one that flvcast can use: give auto or one of ${known}`,
  );
}
