import { EVEN_CROP } from "./picture.ts";
import type { Feed, Source } from "./source.ts";
import type { InputStreams } from "./streams.ts";
import { anyTracks, chooseTracks, type TrackChoice } from "./track-choice.ts";

/** A file or a URL, before and after it is known what is in it. */
export interface Media {
  readonly label: string;
  readonly url: string;
  /** Options that ffmpeg needs to open it at all. */
  readonly openOptions: readonly string[];
  readonly loop: boolean;
  /** A file is whole and ends; a named pipe ends, and comes as it is written; a URL is what ffmpeg says of it. */
  readonly kind: "file" | "pipe" | "url";
  /** A named pipe can be opened only once: its writer would be gone with its first reader. */
  readonly feed?: Feed;
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
  return { label: path, url: `file:${path}`, openOptions: formatOption(demuxer), loop, kind: "file" };
}

export function pipeMedia(path: string, feed: Feed, { demuxer } = asDetected): Media {
  return { label: path, url: "pipe:0", openOptions: formatOption(demuxer), loop: false, kind: "pipe", feed };
}

/** `label` is the URL without its passwords; options are named as the ffmpeg of this version names them. */
export function urlMedia(url: string, label: string, ffmpegMajorVersion: number, how = asDetected): Media {
  const openOptions = [...formatOption(how.demuxer), ...networkOptions(url, ffmpegMajorVersion, how)];
  return { label, url, openOptions, loop: false, kind: "url" };
}

const formatOption = (demuxer: string | null) => (demuxer === null ? [] : ["-f", demuxer]);

/**
 * A silent network is an error after ten seconds, in ffmpeg's microseconds. RTSP over TCP, which loses nothing, and over
 * UDP with cameras that have nothing else.
 */
function networkOptions(
  url: string,
  ffmpegMajorVersion: number,
  { rtspTransport }: OpenHow,
): readonly string[] {
  if (/^rtp:/i.test(url)) return []; // its demuxer knows no timeout
  if (!/^rtsps?:/i.test(url)) return ["-rw_timeout", "10000000"];
  const timeout = ffmpegMajorVersion >= 5 ? "-timeout" : "-stimeout"; // in ffmpeg 4, -timeout makes it a server
  const transport =
    rtspTransport === null ? ["-rtsp_flags", "prefer_tcp"] : ["-rtsp_transport", rtspTransport];
  return [...transport, timeout, "10000000"];
}

/** The source that plays `media`: what has an end is paced in real time, a live stream comes as it comes. */
export function mediaSource(media: Media, streams: InputStreams, choice: TrackChoice = anyTracks): Source {
  const { video, audio } = chooseTracks(streams, choice);
  const isWhole = media.kind === "file" || streams.hasDuration;
  const { size } = video ?? { size: null };
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
      map: video.specifier,
      codec: video.codec,
      passesThrough: false,
      filters: size === null || size.width % 2 || size.height % 2 ? [EVEN_CROP] : [],
      colorMatrix: null,
      size,
      fps: video.fps,
    },
    audio: audio && { map: audio.specifier, codec: audio.codec, filters: [] },
    clock: "own",
    hasEnd: (isWhole || media.kind === "pipe") && !media.loop,
    ...(media.feed === undefined ? {} : { feed: media.feed }),
  };
}
