import { colorOptions } from "../devices/picture.ts";
import { isOnWallClock, type Source, type SourceVideo } from "../devices/source.ts";
import { isVideoCodec } from "../media/codecs.ts";
import type { Tracks } from "../media/packet.ts";
import { buildArguments } from "./arguments.ts";
import { AUDIO_PIPE, type AudioPlan, planAudio, type WantedAudioCodec } from "./audio-plan.ts";
import {
  type ChosenEncoder,
  type Decoding,
  defaultBitrateKbps,
  type Encoder,
  type EncodingGoal,
  type VideoGoal,
} from "./encoder.ts";
import { cpuFilters, encodedSize, gpuFilters, isOtherRate, wantedFilters } from "./filter-chain.ts";
import { planDecoding } from "./hardware-decoding.ts";
import { type CopiedReordering, copiedReordering, SET_TIMES } from "./reordering.ts";
import type { VideoFilters } from "./video-filters.ts";

export interface PlanOptions
  extends Omit<VideoGoal, "codec" | "encoder" | "filters" | "hwaccel" | "latency"> {
  /** Video of another codec is not copied; null or missing: all that FLV carries is. */
  readonly codec?: VideoGoal["codec"];
  /** Missing: auto. */
  readonly audioCodec?: WantedAudioCodec;
  readonly majorVersion: number;
  /** null only where no picture is encoded: see `encodesVideo`. */
  readonly encoder: ChosenEncoder | null;
  /** The whole second of the wall clock that live devices count from: NUT holds no time before it. */
  readonly baseS: number;
  /** What an earlier run has shown. */
  readonly lateKeyFrames?: LateKeyFrames | null;
  /** A live input is decoded with so many frame threads; null: a frame at a time, as long as that keeps up. */
  readonly decodingThreads?: number | null;
  /** The most that is asked of the encoder's chip; missing: the CPU decodes. */
  readonly decoding?: Decoding;
  /** A copied RTSP stream has turned out to have B-frames. */
  readonly reorders?: boolean;
  readonly filters?: VideoFilters;
  /** The filter that draws the time, where that is wanted: `findTimeOverlay`. */
  readonly timeOverlay?: string | null;
}

/** Key frames that came too late, although the encoder was told when. */
export interface LateKeyFrames {
  readonly encoder: string;
  /** Frames a second meanwhile. */
  readonly fps: number;
}

/** One ffmpeg process as it is to be run, and what comes out of it. */
export interface ProcessPlan {
  readonly source: Source;
  readonly args: readonly string[];
  readonly video: VideoPlan | null;
  readonly audio: AudioPlan | null;
  readonly baseS: number;
}

export interface VideoPlan {
  readonly pipe: number;
  /** ffmpeg's encoder, or null where the source's codec passes through. */
  readonly encoder: string | null;
  readonly bitrateKbps: number | null;
  readonly fps: number | null;
  /**
   * Between key frames, as the encoder is told; where a camera's own H.264 was chosen, as it is expected of that. Null with
   * `--copy`: there they may be anywhere.
   */
  readonly gopSeconds: number | null;
  /** How the encoder's chip decodes, too; missing where the CPU does, and where nothing is decoded. */
  readonly decoding?: Exclude<Decoding, "cpu">;
  /** Missing where flvcast encodes with low latency: then there is none. */
  readonly reordering?: CopiedReordering;
  /** The encoder holds back about so many frames; missing: none. */
  readonly heldFrames?: number;
}

const VIDEO_PIPE = 1;
const FALLBACK = { size: { width: 1920, height: 1080 }, fps: 30 };

/**
 * At the full rate, key frames that are counted by a slower one come at most this many times as often as asked for: on
 * footage of a web cam and of a fixed camera, x264 at the default bit rate loses 1 to 2 dB of PSNR with three times as
 * many, 3 to 5 dB with six times, and 9 to 10 dB where all are key frames.
 */
const MAX_EXTRA_KEY_FRAMES = 3;

/** NUT holds no negative times, and the first AAC frame begins 1024 samples before zero: all start ten seconds late. */
const OWN_CLOCK_OFFSET_S = 10;

/**
 * Plans the process that captures `source`, with one NUT pipe a track: in one pipe ffmpeg's interleaver would hold
 * each picture back until the sound of its time has come.
 */
export function planProcess(source: Source, wanted: Tracks, options: PlanOptions): ProcessPlan {
  const video = wanted.video && source.video !== null ? planVideo(source, source.video, options) : null;
  const audio = wanted.audio && source.audio !== null ? planAudio(source.audio, options) : null;
  const isEpoch = isOnWallClock(source);
  const args = buildArguments({
    input: {
      options: [
        ...["-hide_banner", "-nostdin", ...loglevel(source)],
        ...(video?.openOptions ?? []),
        ...(isEpoch ? ["-copyts", "-itsoffset", String(-options.baseS)] : []),
        ...(source.clock === "none" ? ["-use_wallclock_as_timestamps", "1"] : []),
        ...(source.clock === "rtp" ? fromNetworkCamera(audio) : []),
        ...(video !== null && decodesLive(source, options) ? decoding(options) : []),
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

/** An input that is read without ffmpeg: these of its tracks go out as they come, and nothing is run. */
export function planMessages(source: Source, tracks: Tracks): ProcessPlan {
  const passed = { encoder: null, bitrateKbps: null };
  const fps = source.video?.fps ?? null;
  return {
    ...{ source, args: [], baseS: 0 },
    video: tracks.video ? { ...passed, pipe: VIDEO_PIPE, fps, gopSeconds: null } : null,
    audio: tracks.audio ? { ...passed, pipe: AUDIO_PIPE } : null,
  };
}

/**
 * ffmpeg waits for seven frames to know their times. Those of an RTSP camera have them; only AAC that is copied gets its times
 * from the length of a frame, which takes one that was decoded (5.1, 9.0).
 */
function fromNetworkCamera(audio: { readonly plan: Pick<AudioPlan, "encoder"> } | null): readonly string[] {
  return ["-max_ts_probe", audio !== null && audio.plan.encoder === null ? "2" : "0"];
}

/** What a camera's driver changed, ffmpeg says at its default level only. */
function loglevel({ device, segments }: Source): readonly string[] {
  if (segments !== undefined) return ["-loglevel", "level+verbose", "-nostats"]; // names each segment that it reads
  return device?.demuxer === "v4l2" ? ["-loglevel", "level+info", "-nostats"] : ["-loglevel", "warning"];
}

/** These have no frames that build on others, and ffmpeg decodes them with one thread anyway. */
const DECODED_AT_ONCE = ["rawvideo", "mjpeg"];

type Passing = Pick<PlanOptions, "copy" | "codec">;

/** Whether video that is live is decoded here, by threads that may hold frames back: a file's may take longer. */
export function decodesLive(source: Source, options: Passing): boolean {
  const isCompressed = source.video !== null && !DECODED_AT_ONCE.includes(source.video.codec);
  return isCompressed && source.clock !== "own" && !source.hasEnd && encodesVideo(source, options);
}

/** Each frame thread holds a frame back: 133 ms with 5 threads at 25 fps. Those that share a frame's slices hold none. */
function decoding({ decodingThreads = null }: PlanOptions): readonly string[] {
  return decodingThreads === null ? ["-thread_type", "slice"] : ["-threads", String(decodingThreads)];
}

/** Whether a picture of this source is encoded, so that an encoder has to be chosen. */
export function encodesVideo({ video }: Source, passing: Passing): boolean {
  return video !== null && !passesThrough(video, passing);
}

function passesThrough(video: SourceVideo, { copy, codec = null }: Passing): boolean {
  const isWanted = codec === null || video.codec === codec;
  return (copy || video.passesThrough) && isVideoCodec(video.codec) && isWanted;
}

interface PlannedVideo {
  readonly openOptions: readonly string[];
  readonly options: readonly string[];
  readonly plan: VideoPlan;
}

function planVideo(source: Source, video: SourceVideo, options: PlanOptions): PlannedVideo {
  if (passesThrough(video, options)) {
    const reordering = copiedReordering(source, options.reorders === true || video.reorders === true);
    const setsTimes = source.clock === "rtp" && reordering === "presentation";
    return {
      openOptions: [],
      options: ["-map", video.map, "-c:v", "copy", ...(setsTimes ? ["-bsf:v", SET_TIMES] : [])],
      plan: {
        reordering,
        pipe: VIDEO_PIPE,
        encoder: null,
        bitrateKbps: null,
        fps: video.passesThrough ? video.fps : null,
        gopSeconds: options.copy ? null : options.gopSeconds,
      },
    };
  }
  if (options.encoder === null) throw new Error("a picture is to be encoded, and no encoder was chosen");
  const { encoder, node, profile, holdsNoFrame, latency, widthStep } = options.encoder;
  const { gopSeconds } = options;
  const fps = options.fps ?? video.fps ?? FALLBACK.fps;
  const bitrateKbps =
    options.bitrateKbps ??
    defaultBitrateKbps(encodedSize(video, options) ?? FALLBACK.size, fps, encoder.codec);
  const wanted = wantedFilters(video, options);
  const hardware = planDecoding(source, video, {
    ...{ encoder: options.encoder, decoding: options.decoding ?? "cpu" },
    hasOtherFilters: wanted.before.length + wanted.after.length > 0 || widthStep !== undefined,
  });
  const filters = [
    ...(source.clock === "none" ? [stampAtArrival(options.baseS)] : []),
    ...(hardware?.decoding === "gpu-frames"
      ? gpuFilters(video, encoder, wanted)
      : cpuFilters(video, options.encoder, wanted)),
  ];
  return {
    openOptions: [...encoder.openOptions(node), ...(hardware?.inputOptions ?? [])],
    options: [
      ...["-map", video.map],
      ...(filters.length > 0 ? ["-vf", filters.join(",")] : []),
      ...encoder.arguments(
        { bitrateKbps, fps, gopSeconds, ...keyFrames(video, options, fps), holdsNoFrame, latency },
        profile,
      ),
      ...(video.colorMatrix === null ? [] : colorOptions(video.colorMatrix)),
      ...(options.majorVersion >= 5 ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"]),
      ...["-enc_time_base", "1:1000000"],
    ],
    plan: {
      ...{ pipe: VIDEO_PIPE, encoder: encoder.name, bitrateKbps, fps: options.fps ?? video.fps, gopSeconds },
      ...(hardware === null ? {} : { decoding: hardware.decoding }),
      ...(latency === "normal" && heldBack(encoder, fps)),
    },
  };
}

function heldBack({ heldFrames }: Encoder, fps: number): Partial<VideoPlan> {
  return heldFrames === undefined ? {} : { reordering: "presentation", heldFrames: heldFrames(fps) };
}

/** What a run has shown is believed before what the source names, and before what the probe has seen. */
function keyFrames(
  video: SourceVideo,
  options: PlanOptions,
  fps: number,
): Pick<EncodingGoal, "forcesKeyFrames" | "slowestFps"> {
  const { encoder, lateKeyFrames: late } = options;
  const namedFps = isOtherRate(video, options) ? fps : (video.slowestFps ?? fps); // a filter holds its rate
  return {
    forcesKeyFrames: encoder?.forcesKeyFrames === true && encoder.encoder.name !== late?.encoder,
    slowestFps: Math.min(late?.fps ?? Math.max(namedFps, fps / MAX_EXTRA_KEY_FRAMES), fps),
  };
}

/**
 * `-use_wallclock_as_timestamps` alone counts in the demuxer's time base, which is 1/25 s for multipart JPEG: at 60 pictures a
 * second, two or three get one stamp.
 */
function stampAtArrival(baseS: number): string {
  return `settb=AVTB,setpts=RTCTIME-${baseS}*1000000`;
}

function nut(isEpoch: boolean): readonly string[] {
  return [
    ...(isEpoch ? [] : ["-output_ts_offset", String(OWN_CLOCK_OFFSET_S)]),
    // An index grows for as long as the stream lasts, and at its end ffmpeg aborts over one of times that went back (5.1).
    ...["-flush_packets", "1", "-write_index", "0", "-f", "nut"],
  ];
}
