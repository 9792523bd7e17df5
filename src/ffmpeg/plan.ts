import { colorOptions } from "../devices/picture.ts";
import type { Source, SourceVideo } from "../devices/source.ts";
import { isAudioCodec, isVideoCodec } from "../media/codecs.ts";
import type { Tracks } from "../media/packet.ts";
import { buildArguments } from "./arguments.ts";
import { type ChosenEncoder, defaultBitrateKbps, type VideoGoal } from "./encoder.ts";
import { deinterlacing, geometryFilters, noFilters, sizeAfter, type VideoFilters } from "./video-filters.ts";

export interface PlanOptions extends Omit<VideoGoal, "encoder" | "filters"> {
  readonly majorVersion: number;
  /** null only where no picture is encoded: see `encodesVideo`. */
  readonly encoder: ChosenEncoder | null;
  /** The whole second of the wall clock that live devices count from: NUT holds no time before it. */
  readonly baseS: number;
  readonly filters?: VideoFilters;
  /** The filter that draws the time, where that is wanted: `findTimeOverlay`. */
  readonly timeOverlay?: string | null;
}

/** One ffmpeg process as it is to be run, and what comes out of it. */
export interface ProcessPlan {
  readonly source: Source;
  readonly args: readonly string[];
  readonly video: VideoPlan | null;
  readonly audio: AudioPlan | null;
  /** See `PlanOptions.baseS`. */
  readonly baseS: number;
}

export interface VideoPlan {
  /** N of `pipe:N`. */
  readonly pipe: number;
  /** ffmpeg's encoder, or null where the source's codec passes through. */
  readonly encoder: string | null;
  readonly bitrateKbps: number | null;
  readonly fps: number | null;
}

export interface AudioPlan {
  readonly pipe: number;
  readonly encoder: "aac" | null;
  readonly bitrateKbps: number | null;
}

const VIDEO_PIPE = 1;
const AUDIO_PIPE = 3;
const AUDIO_KBPS = 128;
const FALLBACK = { size: { width: 1920, height: 1080 }, fps: 30 };

/** NUT holds no negative times, and the first AAC frame begins 1024 samples before zero: all start ten seconds late. */
const OWN_CLOCK_OFFSET_S = 10;

/**
 * Plans the process that captures `source`, with one NUT pipe a track: in one pipe ffmpeg's interleaver would hold
 * each picture back until the sound of its time has come.
 */
export function planProcess(source: Source, wanted: Tracks, options: PlanOptions): ProcessPlan {
  const video = wanted.video && source.video !== null ? planVideo(source.video, options) : null;
  const audio = wanted.audio && source.audio !== null ? planAudio(source, options) : null;
  const isEpoch = source.clock === "epoch";
  const args = buildArguments({
    input: {
      options: [
        ...["-hide_banner", "-nostdin", ...loglevel(source)],
        ...(video?.openOptions ?? []),
        ...(isEpoch ? ["-copyts", "-itsoffset", String(-options.baseS)] : []),
        ...source.inputOptions,
      ],
      url: source.url,
    },
    outputs: [video, audio].flatMap((track) =>
      track === null
        ? []
        : [{ options: [...track.options, ...nut(isEpoch)], url: `pipe:${track.plan.pipe}` }],
    ),
  });
  return { source, args, video: video?.plan ?? null, audio: audio?.plan ?? null, baseS: options.baseS };
}

/** What a camera's driver changed, ffmpeg says at its default level only. */
function loglevel({ device }: Source): readonly string[] {
  return device?.demuxer === "v4l2" ? ["-loglevel", "level+info", "-nostats"] : ["-loglevel", "warning"];
}

/** Whether a picture of this source is encoded, so that an encoder has to be chosen. */
export function encodesVideo({ video }: Source, { copy }: Pick<PlanOptions, "copy">): boolean {
  return video !== null && !passesThrough(video, copy);
}

function passesThrough(video: SourceVideo, copy: boolean): boolean {
  return (copy || video.passesThrough) && isVideoCodec(video.codec);
}

interface PlannedVideo {
  readonly openOptions: readonly string[];
  readonly options: readonly string[];
  readonly plan: VideoPlan;
}

function planVideo(video: SourceVideo, options: PlanOptions): PlannedVideo {
  if (passesThrough(video, options.copy)) {
    return {
      openOptions: [],
      options: ["-map", video.map, "-c:v", "copy"],
      plan: {
        pipe: VIDEO_PIPE,
        encoder: null,
        bitrateKbps: null,
        fps: video.passesThrough ? video.fps : null,
      },
    };
  }
  if (options.encoder === null) throw new Error("a picture is to be encoded, and no encoder was chosen");
  const { encoder, node, profile, forcesKeyFrames, holdsNoFrame, widthStep } = options.encoder;
  const fps = options.fps ?? video.fps ?? FALLBACK.fps;
  const bitrateKbps =
    options.bitrateKbps ?? defaultBitrateKbps(encodedSize(video, options) ?? FALLBACK.size, fps);
  const filters = [
    ...[...video.filters, ...filtersFor(video, options)],
    ...(widthStep === undefined ? [] : [`scale=trunc(iw/${widthStep})*${widthStep}:ih`]),
    ...encoder.filters,
  ];
  const keyFramesCarryTheirSets = "dump_extra=freq=keyframe";
  return {
    openOptions: encoder.openOptions(node),
    options: [
      ...["-map", video.map],
      ...(filters.length > 0 ? ["-vf", filters.join(",")] : []),
      ...encoder.arguments(
        { bitrateKbps, fps, gopSeconds: options.gopSeconds, forcesKeyFrames, holdsNoFrame },
        profile,
      ),
      ...(video.colorMatrix === null ? [] : colorOptions(video.colorMatrix)),
      ...(options.majorVersion >= 5 ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"]),
      ...["-enc_time_base", "1:1000000"],
      ...["-bsf:v", [...encoder.bitstreamFilters, keyFramesCarryTheirSets].join(",")],
    ],
    plan: { pipe: VIDEO_PIPE, encoder: encoder.name, bitrateKbps, fps: options.fps ?? video.fps },
  };
}

/** The size that is encoded; null where it is not known. @throws UserError where the video cannot be cropped as wanted */
export function encodedSize(
  video: SourceVideo,
  { size, filters = noFilters }: Pick<PlanOptions, "size" | "filters">,
): SourceVideo["size"] {
  const filtered = sizeAfter(video.size, filters);
  return size ?? filtered;
}

/** What the user wants done to the video, and what brings it to the size and rate that the source does not have. */
function filtersFor(
  video: SourceVideo,
  { size, fps, filters = noFilters, timeOverlay = null }: PlanOptions,
): readonly string[] {
  const filtered = sizeAfter(video.size, filters);
  const isOtherSize = size !== null && (size.width !== filtered?.width || size.height !== filtered.height);
  return [
    ...deinterlacing(filters.deinterlace, video.isInterlaced ?? false),
    ...geometryFilters(filters),
    ...(isOtherSize ? [`scale=${size.width}:${size.height}`] : []),
    ...(fps !== null && fps !== video.fps ? [`fps=${fps}`] : []),
    ...(timeOverlay === null ? [] : [timeOverlay]),
  ];
}

function planAudio(
  source: Source,
  { copy }: PlanOptions,
): { options: readonly string[]; plan: AudioPlan } | null {
  const audio = source.audio;
  if (audio === null) return null;
  if (copy && isAudioCodec(audio.codec)) {
    return {
      options: ["-map", audio.map, "-c:a", "copy"],
      plan: { pipe: AUDIO_PIPE, encoder: null, bitrateKbps: null },
    };
  }
  // A device's clock drifts: aresample stretches the sound to its timestamps, by at most 1000 samples a second.
  const filters = [...audio.filters, "aresample=async=1000"];
  return {
    options: [
      ...["-map", audio.map, "-af", filters.join(",")],
      ...["-c:a", "aac", "-b:a", `${AUDIO_KBPS}k`, "-ar", "48000", "-ac", "2"],
    ],
    plan: { pipe: AUDIO_PIPE, encoder: "aac", bitrateKbps: AUDIO_KBPS },
  };
}

function nut(isEpoch: boolean): readonly string[] {
  return [
    ...(isEpoch ? [] : ["-output_ts_offset", String(OWN_CLOCK_OFFSET_S)]),
    ...["-flush_packets", "1", "-f", "nut"],
  ];
}
