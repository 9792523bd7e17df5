import { EVEN_CROP } from "./picture.ts";
import type { Source } from "./source.ts";
import type { InputStreams } from "./streams.ts";

/** A file or a URL, before and after it is known what is in it. */
export interface Media {
  readonly label: string;
  readonly url: string;
  /** Options that ffmpeg needs to open it at all. */
  readonly openOptions: readonly string[];
  readonly loop: boolean;
  /** A file is whole and ends; a named pipe ends, and comes as it is written; a URL is what ffmpeg says of it. */
  readonly kind: "file" | "pipe" | "url";
}

export function fileMedia(path: string, loop: boolean, kind: "file" | "pipe" = "file"): Media {
  // With `file:` no path is mistaken for an option or a protocol ("-x.mp4", "a:b.mp4").
  return { label: path, url: `file:${path}`, openOptions: [], loop, kind };
}

/** `label` is the URL without its passwords; options are named as the ffmpeg of this version names them. */
export function urlMedia(url: string, label: string, ffmpegMajorVersion: number): Media {
  return { label, url, openOptions: networkOptions(url, ffmpegMajorVersion), loop: false, kind: "url" };
}

/** A silent network is an error after ten seconds, in ffmpeg's microseconds. RTSP over TCP: UDP loses pictures. */
function networkOptions(url: string, ffmpegMajorVersion: number): readonly string[] {
  if (!/^rtsps?:/i.test(url)) return ["-rw_timeout", "10000000"];
  const timeout = ffmpegMajorVersion >= 5 ? "-timeout" : "-stimeout"; // in ffmpeg 4, -timeout makes it a server
  return ["-rtsp_transport", "tcp", timeout, "10000000"];
}

/** The source that plays `media`: what has an end is paced in real time, a live stream comes as it comes. */
export function mediaSource(media: Media, streams: InputStreams): Source {
  const { video, audio } = streams;
  const isWhole = media.kind === "file" || streams.hasDuration;
  return {
    label: media.label,
    device: null,
    inputOptions: [
      ...(media.loop ? ["-stream_loop", "-1"] : []),
      ...(isWhole ? ["-re"] : []),
      ...media.openOptions,
    ],
    url: media.url,
    video: video && {
      map: "0:V:0", // V: no cover pictures
      codec: video.codec,
      passesThrough: false,
      filters: video.width % 2 || video.height % 2 ? [EVEN_CROP] : [],
      colorMatrix: null,
      size: { width: video.width, height: video.height },
      fps: video.fps,
      ...(video.isInterlaced ? { isInterlaced: true } : {}),
    },
    audio: audio && { map: "0:a:0", codec: audio.codec, filters: [] },
    clock: "own",
    hasEnd: (isWhole || media.kind === "pipe") && !media.loop,
  };
}
