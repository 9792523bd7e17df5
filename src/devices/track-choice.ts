import { UserError } from "../errors.ts";
import type { Size } from "./picture.ts";
import type { InputStreams, ListedAudio, ListedVideo } from "./streams.ts";

/** Which of an input's streams are wanted, where it has several. */
export interface TrackChoice {
  /** `--variant`: null for the largest that fits `--size`, else the largest. */
  readonly variant: Variant | null;
  /** `--map`: null for what goes with the video. */
  readonly map: TrackMap;
  /** `--size`, where it was given. */
  readonly size: Size | null;
}

/** A video by its height in pixels, or by its number among the input's videos, from 0. */
export type Variant = { readonly height: number } | { readonly number: number };

/** Numbers among the input's videos and audios, from 0, as in ffmpeg's `0:v:N` and `0:a:N`. */
export interface TrackMap {
  readonly video: number | null;
  readonly audio: number | null;
}

export const anyTracks: TrackChoice = { variant: null, map: { video: null, audio: null }, size: null };

/** One stream of an input, and how ffmpeg's `-map` names it. */
type Chosen<Stream> = Stream & { readonly specifier: string };

export interface ChosenTracks {
  readonly video: Chosen<ListedVideo> | null;
  readonly audio: Chosen<ListedAudio> | null;
}

/**
 * The one video and the one audio of an input that go out.
 *
 * @throws UserError of reason `usage` where there is no such track
 */
export function chooseTracks(streams: InputStreams, choice: TrackChoice): ChosenTracks {
  const { map } = choice;
  const video =
    map.video === null ? variantOf(streams, choice) : numbered(streams.videos, "video", map.video);
  const audio = map.audio === null ? audioOf(streams, video) : numbered(streams.audios, "audio", map.audio);
  return {
    // The first ones are named by kind: a server may list its streams in another order the next time. V: no cover pictures.
    video: video && { ...video, specifier: video === streams.videos[0] ? "0:V:0" : `0:${video.index}` },
    audio: audio && { ...audio, specifier: audio === streams.audios[0] ? "0:a:0" : `0:${audio.index}` },
  };
}

function variantOf({ videos }: InputStreams, { variant, size }: TrackChoice): ListedVideo | null {
  if (variant !== null) {
    const found =
      "number" in variant
        ? videos[variant.number]
        : videos.find((one) => one.size?.height === variant.height);
    if (found !== undefined) return found;
    const wanted = "number" in variant ? String(variant.number) : `${variant.height}p`;
    throw new UserError("usage", `no variant ${wanted}; the input has ${listOf(videos)}`);
  }
  const fitting = videos.filter(
    (one) =>
      size !== null && one.size !== null && one.size.width <= size.width && one.size.height <= size.height,
  );
  return largest(fitting) ?? largest(videos);
}

function largest(videos: readonly ListedVideo[]): ListedVideo | null {
  return videos.reduce<ListedVideo | null>(
    (best, one) => (best === null || area(one) > area(best) ? one : best),
    null,
  );
}

const area = ({ size }: ListedVideo) => (size === null ? 0 : size.width * size.height);

/** Of the same program as the video, where it has one. */
function audioOf({ audios }: InputStreams, video: ListedVideo | null): ListedAudio | null {
  const shares = ({ programs }: ListedAudio) => programs.some((one) => video?.programs.includes(one));
  return audios.find(shares) ?? audios[0] ?? null;
}

/** @throws UserError of reason `usage` where there are not so many */
function numbered<Stream>(streams: readonly Stream[], kind: "video" | "audio", number: number): Stream {
  const found = streams[number];
  if (found !== undefined) return found;
  const has = streams.length === 0 ? `no ${kind}` : `${kind} tracks 0 to ${streams.length - 1}`;
  throw new UserError(
    "usage",
    `no ${kind} track ${number} (--map ${kind[0]}:${number}); the input has ${has}`,
  );
}

const listOf = (videos: readonly ListedVideo[]) =>
  videos
    .map(
      ({ size }, number) => `${number} (${size === null ? "size unknown" : `${size.width}x${size.height}`})`,
    )
    .join(", ") || "none";
