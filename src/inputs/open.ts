import { access, constants, stat } from "node:fs/promises";
import { fileMedia, type Media, mediaSource, urlMedia } from "../devices/media.ts";
import { redactor } from "../devices/redact.ts";
import { displayScreen, screenSource } from "../devices/screen.ts";
import type { Source } from "../devices/source.ts";
import type { DeviceSpec } from "../devices/spec.ts";
import { testSource } from "../devices/test-source.ts";
import { UserError } from "../errors.ts";
import { probeMedia } from "../ffmpeg/probe.ts";
import type { Tracks } from "../media/packet.ts";
import { type DeviceOptions, openDevice } from "./open-device.ts";
import { urlFacts } from "./url-facts.ts";

export type OpenableSpec = Exclude<DeviceSpec, { kind: "stdin" }>;

export interface OpenOptions extends DeviceOptions {
  readonly wanted: Tracks;
  readonly loop: boolean;
  readonly timeoutMs: number;
}

/** Finds out how ffmpeg opens what `spec` names, and what tracks it has. `-` is no source of ffmpeg's. */
export async function openSource(spec: OpenableSpec, options: OpenOptions): Promise<Source> {
  switch (spec.kind) {
    case "test":
      return testSource({ ...options.mode, wanted: options.wanted });
    case "screen":
      return options.machine.platform === "linux"
        ? screenSource(displayScreen(options.machine.env["DISPLAY"]), options.mode.fps)
        : openDevice({ text: "screen0", kinds: ["screen"] }, options);
    case "url":
      return openMedia(urlMedia(spec.text, spec.shown, options.ffmpeg.majorVersion), options);
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
        `--input-format is for cameras, and ${spec.shown} is a file: leave it out`,
      );
    return openMedia(fileMedia(path, options.loop, kind), options);
  }
  if (!isPinned && spec.looksLikePath) {
    throw new UserError(
      "deviceAbsent",
      `no device or file "${spec.shown}": give a camera (see flvcast devices), test, screen, -, a media file's path or an rtsp:// or http(s):// URL`,
    );
  }
  const source = await openDevice(spec, options);
  if (options.loop)
    throw new UserError("usage", `--loop is for media files, and ${spec.shown} is a device: leave it out`);
  return source;
}

async function openMedia(media: Media, { ffmpeg, timeoutMs }: OpenOptions): Promise<Source> {
  const streams = await probeMedia(ffmpeg, media, timeoutMs, redactor(media.url));
  if (streams.video === null && streams.audio === null) {
    throw new UserError(
      "brokenInput",
      `${media.label} has neither video nor audio: give a media file or a live URL`,
    );
  }
  if (media.kind !== "url") return mediaSource(media, streams);
  return mediaSource(media, streams, await urlFacts(media.url, streams));
}

/** Null where nothing is there. @throws UserError for what is there and cannot be read as a file */
async function kindOf(path: string): Promise<"file" | "pipe" | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UserError("deviceAbsent", `${path} is a folder: give a media file`);
    await access(path, constants.R_OK);
    return found.isFile() ? "file" : "pipe";
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException; // fs rejects with nothing else
    switch (code) {
      case "ENOENT":
      case "ENOTDIR":
      case "ENAMETOOLONG":
        return null;
      case "EACCES":
        throw new UserError("permission", `${path}: no permission to read it: chmod it, or run as its owner`);
      default:
        throw new UserError("brokenInput", `${path} cannot be read: ${message}`, { cause: error });
    }
  }
}
