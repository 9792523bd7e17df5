import { access, constants, stat } from "node:fs/promises";
import {
  fileMedia,
  isRtsp,
  type Media,
  mediaSource,
  type OpenHow,
  pipeMedia,
  urlMedia,
} from "../devices/media.ts";
import { redactor } from "../devices/redact.ts";
import { displayScreen, screenSource } from "../devices/screen.ts";
import type { Source } from "../devices/source.ts";
import { type DeviceSpec, TESTSRC2 } from "../devices/spec.ts";
import type { InputStreams } from "../devices/streams.ts";
import { testSource } from "../devices/test-source.ts";
import type { TrackChoice } from "../devices/track-choice.ts";
import { type ExitReason, UserError } from "../errors.ts";
import type { WantedAudioCodec } from "../ffmpeg/audio-plan.ts";
import { probeMedia } from "../ffmpeg/probe.ts";
import type { Tracks } from "../media/packet.ts";
import { type DeviceOptions, openDevice } from "./open-device.ts";
import { isImages, isOneImage, openImages } from "./open-images.ts";
import { PipeFeed } from "./pipe-feed.ts";
import { urlFacts } from "./url-facts.ts";

export type OpenableSpec = Exclude<DeviceSpec, { kind: "stdin" | "publisher" }>;

export interface OpenOptions extends DeviceOptions {
  readonly wanted: Tracks;
  /** Its video may go out as it came. */
  readonly mayPass: boolean;
  readonly audioCodec?: WantedAudioCodec;
  readonly loop: boolean;
  readonly how: OpenHow;
  readonly tracks: Omit<TrackChoice, "size">;
  readonly timeoutMs: number;
}

/** Finds out how ffmpeg opens what `spec` names, and what tracks it has. `-` is no source of ffmpeg's. */
export async function openSource(spec: OpenableSpec, options: OpenOptions): Promise<Source> {
  switch (spec.kind) {
    case "test":
      return testSource({
        ...options.mode,
        pattern: spec.text === TESTSRC2 ? "testsrc2" : "card",
        wanted: options.wanted,
      });
    case "screen":
      return options.machine.platform === "linux"
        ? screenSource(displayScreen(options.machine.env["DISPLAY"]), options.mode.fps)
        : openDevice({ text: "screen0", kinds: ["screen"] }, options);
    case "url":
      return openMedia(urlMedia(spec.text, spec.shown, options.ffmpeg.majorVersion, options.how), options);
    case "named":
      return openDevice(spec, options);
    case "file":
      return openFileOrDevice(spec, options);
  }
}

/** A pin's name goes before a file's, and a file before a part of a device's name. */
async function openFileOrDevice(
  spec: Extract<DeviceSpec, { kind: "file" }>,
  options: OpenOptions,
): Promise<Source> {
  const path = spec.text;
  const isPinned = options.pins.some(({ name }) => name === path);
  const kind = isPinned ? null : await kindOf(path);
  if (kind !== null) {
    if (options.mode.inputFormat !== null)
      throw new UserError(
        "usage",
        `--input-format works only with cameras, and "${spec.shown}" is a file; remove it`,
      );
    if (kind === "file") return openMedia(fileMedia(path, options.loop, options.how), options);
    if (options.loop)
      throw new UserError(
        "usage",
        `--loop works only with files, and "${spec.shown}" can be read only once; remove it`,
      );
    return openMedia(pipeMedia(path, await openPipe(path), options.how), options);
  }
  if (!isPinned && spec.looksLikePath) {
    throw new UserError(
      "deviceAbsent",
      `no device or file named "${spec.shown}"; use a camera (list them with: flvcast devices), test, screen, -, a file or a URL (rtsp, http, rtmp, ws, srt, udp, rtp or tcp)`,
    );
  }
  const source = await openDevice(spec, options);
  if (options.loop)
    throw new UserError("usage", `--loop works only with files, and "${spec.shown}" is a device; remove it`);
  return source;
}

/** @throws UserError for what is there and cannot be opened, such as another program's socket */
async function openPipe(path: string): Promise<PipeFeed> {
  try {
    return await PipeFeed.open(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function openMedia(media: Media, options: OpenOptions): Promise<Source> {
  try {
    const source = await lookedAt(media, media.kind === "url" ? BRIEFLY : [], options);
    if (!options.wanted.video || source.messages !== undefined || source.video?.size !== null) return source;
    return await sized(media, options);
  } catch (failure) {
    media.feed?.close();
    throw failure;
  }
}

/** What is live is looked at for a second, not for five, and no frames are counted to guess a rate. */
const BRIEFLY = ["-fpsprobesize", "0", "-analyzeduration", "1000000"];

/**
 * ffmpeg would wait for seven frames of an RTSP camera to know by how much it reorders them. What has to be known stands in
 * the description, or in the first frame.
 */
const AS_DESCRIBED = ["-max_ts_probe", "0"];

/** For video of which only a key frame tells the size: a camera may send one every ten seconds. */
async function sized(media: Media, options: OpenOptions): Promise<Source> {
  const { timeoutMs } = options;
  const source =
    media.kind === "url"
      ? await lookedAt(media, untilItIsLate(timeoutMs), options).catch(nullIfLate) // it has answered before
      : null;
  if (source?.video?.size != null) return source;
  throw new UserError(
    "notReady",
    `${media.label} sent no key frame within ${timeoutMs / 1000} s, so its video size is unknown; check that its video is on, set a shorter key frame interval, or wait longer with --ready-timeout`,
  );
}

function nullIfLate(failure: unknown): null {
  if (failure instanceof UserError && failure.reason === "notReady") return null;
  throw failure;
}

const untilItIsLate = (timeoutMs: number) => [
  ...["-fpsprobesize", "0", "-probesize", "50M", "-analyzeduration", String((timeoutMs - 1000) * 1000)],
];

/** Lets ffmpeg open `media` with these options and say what is in it. */
async function lookedAt(media: Media, look: readonly string[], options: OpenOptions): Promise<Source> {
  const { ffmpeg, timeoutMs } = options;
  const opened = withOptions(media, isRtsp(media.url) ? [...look, ...AS_DESCRIBED] : look);
  const listing = probeMedia(ffmpeg, opened, timeoutMs, redactor(media.url));
  const images = await imagesInstead(media, listing, options);
  if (images !== null) return images;
  const streams = await listing;
  if (media.kind === "file" && !media.loop && isOneImage(streams.demuxer)) {
    throw new UserError("usage", `${media.label} is a single image; add --loop to stream it continuously`);
  }
  const passed = await passedOn(media, streams, options);
  if (passed !== null) return passed;
  const facts = media.kind === "url" ? await urlFacts(media.url, streams) : undefined;
  const captured = withOptions(media, waitsForKeyFrame(media, streams) ? untilItIsLate(timeoutMs) : look);
  const source = mediaSource(captured, streams, { ...options.tracks, size: options.mode.size }, facts);
  if (source.video !== null || source.audio !== null) return source;
  throw new UserError("brokenInput", `${media.label} contains no video or audio`);
}

/** FLV whose URL does not tell of it, if it is live and can go out as it comes; else it is ffmpeg's. */
async function passedOn(
  { url, label, kind }: Media,
  { demuxer }: InputStreams,
  { mayPass, audioCodec, wanted, timeoutMs }: OpenOptions,
): Promise<Source | null> {
  if (!mayPass || kind !== "url" || !/^https?:/.test(url) || !/(^|_)flv$/.test(demuxer)) return null;
  const { openHttpFlv } = await import("./flv-over-http.ts");
  return await openHttpFlv(url, {
    label,
    wanted,
    passes: "universal",
    ...(audioCodec && { audioCodec }),
    timeoutMs,
  }).catch((failure: unknown) => {
    if (failure instanceof UserError) return null; // ffmpeg has opened it
    throw failure;
  });
}

/** Of a slow camera, ffmpeg reads for longer than there is time. */
const UNKNOWN_TO_FFMPEG: readonly ExitReason[] = ["brokenInput", "notReady"];

/** What an HTTP camera sends that ffmpeg does not know, or takes for a single image. @throws UserError for other images than JPEG */
async function imagesInstead(
  { kind, url, label }: Media,
  listing: Promise<InputStreams>,
  { how, wanted, mode }: OpenOptions,
): Promise<Source | null> {
  if (kind !== "url" || !/^https?:/.test(url) || how.demuxer !== null || !wanted.video) return null;
  const streams = await listing.catch((failure: unknown) => {
    if (failure instanceof UserError && UNKNOWN_TO_FFMPEG.includes(failure.reason)) return null;
    throw failure;
  });
  if (streams !== null && !isImages(streams.demuxer)) return null;
  const images = await openImages({ url, label }, mode.fps);
  if (!(images instanceof UserError)) return images;
  const late = await listing.then(
    () => null,
    (failure: UserError) => (failure.reason === "notReady" ? failure : null),
  );
  const codec = streams?.videos[0]?.codec ?? "mjpeg";
  if (codec === "mjpeg") throw late ?? images; // it has seen the response, and says more than ffmpeg
  throw new UserError("brokenInput", `${label} sends images in ${codec}; set the camera to JPEG`);
}

function withOptions(media: Media, options: readonly string[]): Media {
  return { ...media, openOptions: [...media.openOptions, ...options] };
}

/** Whether only a key frame tells what ffmpeg has to know to pass the video on, however soon one came at first. */
function waitsForKeyFrame({ url }: Media, { videos }: InputStreams): boolean {
  return isRtsp(url) && videos.some(({ hasParameterSets }) => !hasParameterSets);
}

/** Null where nothing is there. @throws UserError for what is there and cannot be read as a file */
async function kindOf(path: string): Promise<"file" | "pipe" | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UserError("deviceAbsent", `${path} is a directory, not a media file`);
    await access(path, constants.R_OK);
    if (found.isFile() && found.size === 0) throw new UserError("brokenInput", `${path} is empty`);
    return found.isFile() ? "file" : "pipe";
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? "")) return null; // fs rejects with nothing else
    throw unreadable(path, error);
  }
}

const NOT_THERE = ["ENOENT", "ENOTDIR", "ENAMETOOLONG"];

function unreadable(path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException; // of fs, too
  return code === "EACCES"
    ? new UserError("permission", `no permission to read ${path}; chmod it, or run as its owner`)
    : new UserError("brokenInput", `cannot read ${path}: ${message}`, { cause: error });
}
