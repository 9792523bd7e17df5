import { EVEN_CROP, fittingFilters, gpuFittingFilters, type PixelAspect } from "./picture.ts";
import type { ProbedFeed, Source, SourceClock, StallRule } from "./source.ts";
import type { InputStreams, ListedVideo } from "./streams.ts";
import { anyTracks, chooseTracks, type TrackChoice } from "./track-choice.ts";

/** A file or a URL, before and after it is known what is in it. */
export interface Media {
  readonly label: string;
  readonly url: string;
  /** Options that ffmpeg needs to open it at all. */
  readonly openOptions: readonly string[];
  /** The option by which a silent network is an error; null where there is no network. */
  readonly timeoutOption: string | null;
  readonly loop: boolean;
  /** A file is whole and ends; a named pipe ends, and comes as it is written; a URL is what ffmpeg says of it. */
  readonly kind: "file" | "pipe" | "url";
  /** A named pipe can be opened only once: its writer would be gone with its first reader. */
  readonly feed?: ProbedFeed;
}

/** How the user wants a file or a URL to be opened; null is ffmpeg's choice. */
export interface OpenHow {
  /** ffmpeg's name of the format. */
  readonly demuxer: string | null;
  readonly rtspTransport: RtspTransport | null;
}

export const asDetected: OpenHow = { demuxer: null, rtspTransport: null };

export const rtspTransports = ["tcp", "udp"] as const;
export type RtspTransport = (typeof rtspTransports)[number];

export function fileMedia(path: string, loop: boolean, { demuxer } = asDetected): Media {
  // With `file:` no path is mistaken for an option or a protocol ("-x.mp4", "a:b.mp4").
  const openOptions = formatOption(demuxer);
  return { label: path, url: `file:${path}`, openOptions, timeoutOption: null, loop, kind: "file" };
}

export function pipeMedia(path: string, feed: ProbedFeed, { demuxer } = asDetected): Media {
  const openOptions = formatOption(demuxer);
  return { label: path, url: "pipe:0", openOptions, timeoutOption: null, loop: false, kind: "pipe", feed };
}

const formatOption = (demuxer: string | null) => (demuxer === null ? [] : ["-f", demuxer]);

/** `label` is the URL without its passwords; options are named as the ffmpeg of this version names them. */
export function urlMedia(url: string, label: string, ffmpegMajorVersion: number, how = asDetected): Media {
  const openOptions = [...formatOption(how.demuxer), ...(isRtsp(url) ? rtspTransportOption(how) : [])];
  const timeoutOption = timeoutOptionOf(url, ffmpegMajorVersion);
  return { label, url, openOptions, timeoutOption, loop: false, kind: "url" };
}

/** TCP loses nothing; UDP for cameras that have nothing else. */
function rtspTransportOption({ rtspTransport }: OpenHow): readonly string[] {
  return rtspTransport === null ? ["-rtsp_flags", "prefer_tcp"] : ["-rtsp_transport", rtspTransport];
}

function timeoutOptionOf(url: string, ffmpegMajorVersion: number): string | null {
  if (/^rtp:/i.test(url)) return null; // its demuxer knows none
  if (!isRtsp(url)) return "-rw_timeout";
  return ffmpegMajorVersion >= 5 ? "-timeout" : "-stimeout"; // in ffmpeg 4, -timeout makes it a server
}

/** Whether it is a camera that describes its tracks before it sends them. */
export const isRtsp = (url: string) => /^rtsps?:/i.test(url);

/**
 * How long the network may be silent: an RTSP session has RTCP, or at least answers to ffmpeg's keep-alive, every 30 s; a slow
 * camera over HTTP has nothing between two pictures, and is judged by their distance (`timing/stall-bound.ts`).
 */
const NETWORK_SILENCE_S: Readonly<Record<SourceClock, number>> = {
  ...{ epoch: 10, own: 10, live: 10 },
  rtp: 60,
  none: 300,
};

/** ffmpeg's options to open it, before `-i`; the bound is in microseconds. */
export function allOpenOptions(media: Media, clock: SourceClock = "live"): readonly string[] {
  const { timeoutOption } = media;
  const timeout = timeoutOption === null ? [] : [timeoutOption, String(NETWORK_SILENCE_S[clock] * 1e6)];
  return [...media.openOptions, ...timeout];
}

/** What a server's answer tells of a URL, beyond ffmpeg's listing. */
export interface UrlFacts {
  /** It is being made while it is sent, whatever its metadata say. */
  readonly isLive: boolean;
  /** How long the pieces are that it comes in (HLS, DASH); null where the answer does not tell. */
  readonly segmentMs: number | null;
}

const nothingTold: UrlFacts = { isLive: false, segmentMs: null };

/** Segments of this length, where nobody says how long they are. */
const USUAL_SEGMENT_MS = 10_000;
/** A live playlist may be late by so many segments. */
const MISSED_SEGMENTS = 5;

/**
 * The source that plays `media`: what has an end is paced in real time, and so is what comes in segments; any other live
 * stream comes as it comes.
 */
export function mediaSource(
  media: Media,
  streams: InputStreams,
  choice: TrackChoice = anyTracks,
  facts: UrlFacts = nothingTold,
): Source {
  const { video, audio } = chooseTracks(streams, choice);
  const shape = video && uprightShape(video);
  const isWhole = media.kind === "file" || (streams.hasDuration && !facts.isLive);
  const isPaced = isWhole || isSegmented(streams);
  const gpuFilters = shape?.size && gpuFittingFilters(shape.size);
  const stall = stallRule(isWhole, streams, facts);
  const clock = isWhole ? "own" : liveClock(media, streams);
  return {
    label: media.label,
    device: null,
    inputOptions: [
      ...(media.loop ? loopOption(streams) : []),
      ...(isPaced ? ["-re"] : []),
      ...allOpenOptions(media, clock),
    ],
    url: media.url,
    video: video && {
      map: video.specifier,
      codec: video.codec,
      passesThrough: false,
      filters: shape?.size ? fittingFilters(shape.size, shape.pixelAspect) : [EVEN_CROP],
      ...(gpuFilters && video.codec !== "mjpeg" ? { gpuFilters } : {}), // of full range: the CPU's conversion is known
      colorMatrix: null,
      size: shape?.size ?? null,
      fps: video.fps,
      slowestFps: null,
      ...(video.rotation === undefined ? {} : { rotation: video.rotation }),
      ...(video.isInterlaced ? { isInterlaced: true } : {}),
      ...(video.reorders ? { reorders: true } : {}),
    },
    audio: audio && {
      ...{ map: audio.specifier, codec: audio.codec, filters: [] },
      ...(audio.hasUnknownFormat ? { hasUnknownFormat: true } : {}),
      ...(audio.sampleRateHz === undefined ? {} : { sampleRateHz: audio.sampleRateHz }),
      ...(audio.isMono ? { isMono: true } : {}),
    },
    clock,
    ...(stall === null ? {} : { stall }),
    ...(!isWhole && streams.demuxer === "hls" ? { segments: "hls" as const } : {}),
    hasEnd: (isWhole || media.kind === "pipe") && !media.loop,
    ...(media.feed === undefined ? {} : { feed: media.feed }),
  };
}

/** As it is when ffmpeg has turned it as its metadata say. */
function uprightShape({ size, pixelAspect, rotation = 0 }: ListedVideo): {
  readonly size: ListedVideo["size"];
  readonly pixelAspect: PixelAspect | null;
} {
  if (rotation % 180 !== 90) return { size, pixelAspect: pixelAspect ?? null };
  return { size: size && turned(size), pixelAspect: pixelAspect ? turned(pixelAspect) : null };
}

const turned = ({ width, height }: PixelAspect) => ({ width: height, height: width });

/** What image2 reads has no beginning to go back to: with `-stream_loop` it ends after the first image. */
function loopOption({ demuxer }: InputStreams): readonly string[] {
  return demuxer === "image2" ? ["-loop", "1"] : ["-stream_loop", "-1"];
}

const START_INDEX = "-live_start_index";

/** The source of a live playlist, from its segment `index` on: else ffmpeg begins three segments back. */
export function fromSegment(source: Source, index: number): Source {
  const at = source.inputOptions.indexOf(START_INDEX);
  const others = source.inputOptions.filter((_, n) => at < 0 || (n !== at && n !== at + 1));
  return { ...source, inputOptions: [...others, START_INDEX, String(index)] };
}

/** Whether it comes in files of some seconds each, listed by another. */
export function isSegmented({ demuxer }: Pick<InputStreams, "demuxer">): boolean {
  return demuxer === "hls" || demuxer === "dash";
}

function stallRule(isWhole: boolean, streams: InputStreams, { segmentMs }: UrlFacts): StallRule | null {
  if (isWhole) return { kind: "never" };
  if (!isSegmented(streams)) return null;
  return { kind: "after", silenceMs: MISSED_SEGMENTS * (segmentMs ?? USUAL_SEGMENT_MS) };
}

/** Demuxers of byte streams that are nothing but pictures: they stamp 25 a second, whatever comes. */
const WITHOUT_CLOCK = [
  ...["mpjpeg", "mjpeg", "mjpeg_2000", "image2pipe", "h264", "hevc", "vvc", "h263", "h261"],
  ...["m4v", "mpegvideo", "cavsvideo", "vc1", "dirac", "obu"],
];

function liveClock({ url }: Media, { demuxer }: InputStreams): SourceClock {
  if (WITHOUT_CLOCK.includes(demuxer) || demuxer.endsWith("_pipe")) return "none";
  return isRtsp(url) ? "rtp" : "live";
}
