/** What ffmpeg says is in a file or behind a URL. */
export interface InputStreams {
  /** ffmpeg's demuxer, by its first name: `mov`, `hls`, `rtsp`. */
  readonly demuxer: string;
  /** The first video stream that is no cover picture. */
  readonly video: ListedVideo | null;
  readonly audio: ListedAudio | null;
  /** False where the end is not known: a live stream, a file that does not say how long it is. */
  readonly hasDuration: boolean;
}

export interface ListedVideo {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number | null;
  /** Fields instead of whole pictures; missing where it does not say so. */
  readonly isInterlaced?: true;
}

export interface ListedAudio {
  readonly codec: string;
}

/**
 * Reads the stream listing that `ffmpeg -i INPUT` prints. Null when there is none: ffmpeg could not open the input.
 */
export function parseStreams(stderr: string): InputStreams | null {
  const listing = /^Input #0, (\w*).*$/m.exec(stderr);
  if (listing === null) return null;
  const lines = stderr.slice(listing.index).split(/\r?\n/);
  return {
    demuxer: listing[1] ?? "",
    video: firstOf(lines, listedVideo),
    audio: firstOf(lines, listedAudio),
    hasDuration: lines.some(tellsDuration),
  };
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

function firstOf<T>(lines: readonly string[], read: (line: string) => T | null): T | null {
  for (const line of lines) {
    const found = read(line);
    if (found !== null) return found;
  }
  return null;
}

/** `  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / …), yuv420p(…), 640x480 [SAR 1:1 …], …, 26.78 fps, …` */
function listedVideo(line: string): ListedVideo | null {
  const codec = /^\s*Stream #0:\d+\S*: Video: (\w+)/.exec(line)?.[1];
  const size = /, (\d+)x(\d+)/.exec(line);
  if (codec === undefined || size === null || line.includes("(attached pic)")) return null;
  if (codec === "ansi") return null; // a text file, which ffmpeg would draw as a terminal does
  const fps = Number(/, ([\d.]+) fps/.exec(line)?.[1]);
  // `yuv420p(tv, bt470bg/unknown/unknown, top first)`: libavcodec/avcodec.c
  const isInterlaced = /\((?:[^()]*, )?(top|bottom) (coded )?first/.test(line);
  return {
    ...{ codec, width: Number(size[1]), height: Number(size[2]), fps: fps > 0 ? fps : null },
    ...(isInterlaced ? { isInterlaced } : {}),
  };
}

/** `  Stream #0:0[0x1](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 238 kb/s (default)` */
function listedAudio(line: string): ListedAudio | null {
  const codec = /^\s*Stream #0:\d+\S*: Audio: (\w+)/.exec(line)?.[1];
  return codec === undefined || codec === "none" ? null : { codec };
}
