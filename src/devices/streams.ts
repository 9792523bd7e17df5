import type { PixelAspect, Size } from "./picture.ts";
import { describedVideos } from "./sdp.ts";

/** What ffmpeg says is in a file or behind a URL. */
export interface InputStreams {
  /** ffmpeg's demuxer, by its first name: `mov`, `hls`, `rtsp`. */
  readonly demuxer: string;
  /** In ffmpeg's order, without cover pictures. */
  readonly videos: readonly ListedVideo[];
  readonly audios: readonly ListedAudio[];
  /** False where the end is not known: a live stream, a file that does not say how long it is. */
  readonly hasDuration: boolean;
}

interface Listed {
  /** N of ffmpeg's `0:N`. */
  readonly index: number;
  readonly codec: string;
  /** The programs that it belongs to: variants of HLS and DASH, services of MPEG-TS. */
  readonly programs: readonly number[];
}

export interface ListedVideo extends Listed {
  /** null until ffmpeg has seen a key frame with its parameter sets. */
  readonly size: Size | null;
  readonly fps: number | null;
  /** Missing where it does not say so, or has square pixels. */
  readonly pixelAspect?: PixelAspect;
  /** By how many degrees it is to be turned before it is shown; missing where it is upright. */
  readonly rotation?: number;
  /** Its parameter sets come with the camera's description, so that any frame tells its size. */
  readonly hasParameterSets?: true;
  /** These tell of B-frames. */
  readonly reorders?: true;
  /** Fields instead of whole pictures; missing where it does not say so. */
  readonly isInterlaced?: true;
}

export interface ListedAudio extends Listed {
  /** None of it has come, and nothing else tells its rate and channels. */
  readonly hasUnknownFormat?: true;
  /** Missing where it does not say so. */
  readonly sampleRateHz?: number;
  readonly isMono?: true;
}

/**
 * Reads the stream listing that `ffmpeg -i INPUT` prints. Null when there is none: ffmpeg could not open the input.
 */
export function parseStreams(stderr: string): InputStreams | null {
  const listing = /^Input #0, (\w*).*$/m.exec(stderr);
  if (listing === null) return null;
  const lines = stderr.slice(listing.index).split(/\r?\n/);
  const videos = new Map<number, ListedVideo>();
  const audios = new Map<number, ListedAudio>();
  let program: number | null = null;
  let last: number | null = null;
  for (const line of lines) {
    if (/^\s*No Program\s*$/.test(line)) program = null;
    program = numberAfter(/^\s*Program (\d+)/, line) ?? program;
    const index = numberAfter(/^\s*Stream #0:(\d+)/, line);
    if (index === null) {
      const video = videos.get(last ?? -1);
      if (video !== undefined) videos.set(video.index, { ...video, ...rotationIn(line) });
      continue;
    }
    last = index;
    const before = videos.get(index)?.programs ?? audios.get(index)?.programs ?? [];
    const place = { index, programs: program === null ? before : [...before, program] };
    const video = listedVideo(line);
    const codec = listedAudioCodec(line);
    if (video !== null) videos.set(index, { ...place, ...video });
    const hasUnknownFormat = line.includes(", 0 channels");
    const sampleRateHz = numberAfter(/ Audio: .*?, (\d+) Hz/, line);
    if (codec === null) continue;
    audios.set(index, {
      ...{ ...place, codec },
      ...(hasUnknownFormat && { hasUnknownFormat }),
      ...(sampleRateHz !== null && { sampleRateHz }),
      ...(/ Hz, (mono|1 channels?)\b/.test(line) && { isMono: true as const }),
    });
  }
  const described = describedVideos(stderr);
  return {
    demuxer: listing[1] ?? "",
    videos: [...videos.values()].map((video, at) => ({
      ...video,
      fps: video.fps ?? described[at]?.fps ?? null,
      ...(described[at]?.hasParameterSets ? { hasParameterSets: true } : {}),
      ...(described[at]?.reorders ? { reorders: true } : {}),
    })),
    audios: [...audios.values()],
    hasDuration: lines.some(tellsDuration),
  };
}

function numberAfter(pattern: RegExp, line: string): number | null {
  const digits = pattern.exec(line)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Whether a line tells of a stream: in it a word is ffmpeg's, even where it is somebody's password, too (`h264`). */
export function isListing(line: string): boolean {
  return /^\s*(Stream #0:\d|Duration: )/.test(line);
}

/** A duration of zero is no duration: who writes FLV live leaves one in its metadata that is never filled in. */
function tellsDuration(line: string): boolean {
  const duration = /^\s*Duration: (\d[\d:.]*)/.exec(line)?.[1];
  return duration !== undefined && /[1-9]/.test(duration);
}

/** `  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / …), yuv420p(…), 640x480 [SAR 1:1 …], …, 26.78 fps, …` */
function listedVideo(line: string): (Omit<ListedVideo, keyof Listed> & Pick<Listed, "codec">) | null {
  const codec = /^\s*Stream #0:\d+\S*: Video: (\w+)/.exec(line)?.[1];
  if (codec === undefined || codec === "none" || line.includes("(attached pic)")) return null;
  if (codec === "ansi") return null; // a text file, which ffmpeg would draw as a terminal does
  const size = /, (\d+)x(\d+)/.exec(line);
  const fps = Number(/, ([\d.]+) fps/.exec(line)?.[1]);
  // `yuv420p(tv, bt470bg/unknown/unknown, top first)`: libavcodec/avcodec.c
  const isInterlaced = /\((?:[^()]*, )?(top|bottom) (coded )?first/.test(line);
  return {
    codec,
    size: size === null ? null : { width: Number(size[1]), height: Number(size[2]) },
    fps: fps > 0 ? fps : null,
    ...(isInterlaced ? { isInterlaced } : {}),
    ...pixelAspectIn(line),
  };
}

/** `      displaymatrix: rotation of -90.00 degrees`, among the side data below a stream; from ffmpeg 8 on, `Display Matrix`. */
function rotationIn(line: string): Pick<ListedVideo, "rotation"> {
  const degrees = Number(/^\s*display ?matrix: rotation of (-?[\d.]+) degrees/i.exec(line)?.[1] ?? 0);
  return Math.round(degrees) === 0 ? {} : { rotation: Math.abs(Math.round(degrees)) };
}

/** `[SAR 16:11 DAR 4:3]` */
function pixelAspectIn(line: string): Pick<ListedVideo, "pixelAspect"> {
  const [, width = 0, height = 0] = (/\bSAR (\d+):(\d+)/.exec(line) ?? []).map(Number);
  return width === height || height === 0 ? {} : { pixelAspect: { width, height } };
}

/** `  Stream #0:0[0x1](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 238 kb/s (default)` */
function listedAudioCodec(line: string): string | null {
  const codec = /^\s*Stream #0:\d+\S*: Audio: (\w+)/.exec(line)?.[1];
  return codec === undefined || codec === "none" ? null : codec;
}
