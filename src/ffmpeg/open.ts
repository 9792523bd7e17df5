import { access, constants, stat } from "node:fs/promises";
import type { Tracks } from "../codec/packet.ts";
import { fileMedia, type Media, mediaSource, urlMedia } from "../device/media.ts";
import { screenSource } from "../device/screen.ts";
import type { Source } from "../device/source.ts";
import type { DeviceSpec } from "../device/spec.ts";
import { testSource } from "../device/test-source.ts";
import { UserError } from "../failure.ts";
import type { FfmpegBinary } from "./find.ts";
import { probeMedia } from "./probe.ts";
import { redactor, redactUrls } from "./redact.ts";

export interface OpenOptions {
  readonly ffmpeg: FfmpegBinary;
  readonly wanted: Tracks;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly fps: number | null;
  readonly loop: boolean;
  readonly timeoutMs: number;
  /** X11's $DISPLAY. */
  readonly display: string | undefined;
}

/** Finds out how ffmpeg opens what `spec` names, and what tracks it has. `-` is no source of ffmpeg's. */
export async function openSource(
  spec: Exclude<DeviceSpec, { kind: "stdin" }>,
  options: OpenOptions,
): Promise<Source> {
  switch (spec.kind) {
    case "test":
      return testSource(options);
    case "screen":
      return screenSource(options.display, options.fps);
    case "url":
      return openMedia(urlMedia(spec.url, redactUrls(spec.url), options.ffmpeg.majorVersion), options);
    case "file":
      await checkFile(spec.path);
      return openMedia(fileMedia(spec.path, options.loop), options);
  }
}

async function openMedia(media: Media, { ffmpeg, timeoutMs }: OpenOptions): Promise<Source> {
  const streams = await probeMedia(ffmpeg, media, timeoutMs, redactor([media.url]));
  if (streams.video === null && streams.audio === null) {
    throw new UserError(
      "brokenInput",
      `${media.label} has neither video nor audio: give a media file or a live URL`,
    );
  }
  return mediaSource(media, streams);
}

async function checkFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UserError("deviceAbsent", `${path} is a folder: give a media file`);
    await access(path, constants.R_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException; // fs rejects with nothing else
    switch (code) {
      case "ENOENT":
      case "ENOTDIR":
        throw new UserError(
          "deviceAbsent",
          `no device or file "${path}": give test, screen, -, a media file's path or an rtsp:// or http(s):// URL`,
        );
      case "EACCES":
        throw new UserError("permission", `${path}: no permission to read it: chmod it, or run as its owner`);
      default:
        throw new UserError("brokenInput", `${path} cannot be read: ${message}`, { cause: error });
    }
  }
}
