import { isIP } from "node:net";
import { isTaken } from "../devices/alias.ts";
import type { TrackMap, Variant } from "../devices/track-choice.ts";
import { NAME_PATTERN } from "../name.ts";
import { nearest } from "../suggest.ts";
import { type Listen, type Size, type WantedPin } from "./settings.ts";

/** A value that is not accepted: why, what is, and one that would be. The caller adds the flag's name. */
export class UnacceptableError extends Error {
  override readonly name = "UnacceptableError";
  readonly example: string;

  constructor(advice: string, example: string) {
    super(advice);
    this.example = example;
  }
}

/** @throws UnacceptableError */
export function refuse(advice: string, example: string): never {
  throw new UnacceptableError(advice, example);
}

/** The smallest and largest picture side, in luma samples: H.264 level 6.2 ends near the upper one. */
const MIN_SIDE = 16;
const MAX_SIDE = 8192;

/** `1280x720`. Both numbers are even, because 4:2:0 halves them. */
export function parseSize(text: string): Size {
  const match = /^(\d{1,6})x(\d{1,6})$/i.exec(text);
  if (match === null) refuse("is not a size: use WIDTHxHEIGHT", "1280x720");
  const size = { width: Number(match[1]), height: Number(match[2]) };
  const sides = [size.width, size.height];
  if (sides.some((side) => side < MIN_SIDE || side > MAX_SIDE))
    refuse(`is out of range: width and height must be ${MIN_SIDE} to ${MAX_SIDE}`, "1280x720");
  if (sides.some((side) => side % 2 !== 0)) {
    const even = sides.map((side) => Math.floor(side / 2) * 2).join("x");
    refuse("is odd: width and height must be even", even);
  }
  return size;
}

/** Frames per second: `30`, `29.97` or a fraction, `30000/1001`. */
export function parseFps(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(?:\/(\d{1,9}))?$/.exec(text);
  const fps = match === null ? Number.NaN : Number(match[1]) / Number(match[2] ?? 1);
  if (Number.isNaN(fps)) refuse("is not a frame rate: use frames per second", "30");
  if (fps <= 0 || fps > 240) refuse("is out of range: use more than 0 and up to 240", "30");
  return fps;
}

const BITS_PER_SUFFIX: Readonly<Record<string, number>> = { "": 1, k: 1000, m: 1_000_000 };

/** A bit rate as ffmpeg reads it: bit/s, or with `k` and `M`. Returns kbit/s, 50 to 200,000. */
export function parseBitrateKbps(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([kKM]?)$/.exec(text);
  if (match === null) refuse("is not a bit rate: use bit/s, or a number with k or M", "2500k");
  const bits = Number(match[1]) * (BITS_PER_SUFFIX[(match[2] ?? "").toLowerCase()] ?? 1);
  if (bits < 50_000 || bits > 200_000_000) refuse(`is out of range: use 50k to 200M`, "2500k");
  return bits / 1000;
}

export function parseGopSeconds(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,6})?s?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (Number.isNaN(seconds)) refuse("is not a time: use seconds", "2");
  if (seconds < 0.1 || seconds > 60) refuse("is out of range: use 0.1 to 60 seconds", "2");
  return seconds;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { "": 1000, s: 1000, m: 60_000, h: 3_600_000 };
/** A timer of Node's overflows after 24.8 days and would then fire at once. */
const MAX_DURATION_MS = 576 * 3_600_000;

/** `90`, `90s`, `10m`, `1.5h`. Returns milliseconds, up to 24 days. */
export function parseDurationMs(text: string): number {
  const durationMs = msOf(text);
  if (durationMs === null) refuse("is not a time: use seconds, or a number with s, m or h", "10m");
  if (durationMs <= 0 || durationMs > MAX_DURATION_MS)
    refuse("is out of range: use more than 0 and up to 576h (24 days)", "10m");
  return durationMs;
}

/** null for what is no time. */
function msOf(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)([smh]?)$/.exec(text);
  return match === null ? null : Math.round(Number(match[1]) * (MS_PER_UNIT[match[2] ?? ""] ?? 1000));
}

/** A TCP port; 0 lets the system pick a free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) refuse("is not a port: use 1 to 65535, or 0 for any free one", "8080");
  return port;
}

/** A stream's name, the last part of its URL without `.flv`. */
export function parseName(text: string): string {
  const bare = text.replace(/(\.(flv|jpg))+$/i, "");
  if (bare !== text && NAME_PATTERN.test(bare)) refuse("has an extension: remove .flv or .jpg", bare);
  if (!NAME_PATTERN.test(text))
    refuse("is not a valid name: use up to 64 letters, digits, _, - and . (not first)", "garden");
  return text;
}

/** A running stream: `NAME`, or `SERVER/NAME`; or a server of several. */
export function parseStreamName(text: string): string {
  const [first = "", second, ...more] = text.split("/");
  if (second === undefined || more.length > 0) return parseName(text);
  return `${parseName(first)}/${parseName(second)}`;
}

export function parseStreamNames(text: string): readonly string[] {
  return [...new Set(text.split(",").map(parseStreamName))];
}

const MAX_LINES = 1_000_000;

export function parseLineCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= MAX_LINES)) refuse(`is not a number of lines: use 1 to ${MAX_LINES}`, "20");
  return count;
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/i;

/** The address to listen on: an IP address (IPv6 also in brackets) or a host name. */
export function parseHost(text: string): string {
  const host = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(host) !== 0) return host;
  if (/^[^:]+:\d+$/.test(host)) refuse("includes a port: use --port for that", "127.0.0.1");
  const looksLikeAddress = /(^|\.)\d+\.?$/.test(host); // 1.2.3, 300.1.1.1: no host name ends in a number
  if (looksLikeAddress || !HOST_NAME.test(host))
    refuse("is not an address: use an IP address or a host name", "0.0.0.0");
  return host;
}

/** `0.0.0.0:8080`, `[::]:8080`; `:8080` and `8080` leave the address as it is. */
export function parseListen(text: string): Listen {
  const [, address = "", port] = /^(?:(\[[^\]]*\]|[^:[\]]*):)?(\d{1,6})$/.exec(text) ?? [];
  if (port === undefined)
    refuse("is not an address with a port: use HOST:PORT, with IPv6 in brackets", "0.0.0.0:8080");
  try {
    return { host: address === "" ? null : parseHost(address), port: parsePort(port) };
  } catch (error) {
    if (error instanceof UnacceptableError) refuse(error.message, "0.0.0.0:8080"); // it has a port
    throw error;
  }
}

/** An encoder's name, in ffmpeg's words; whether it is one of ours is for `encoderNamed` to say. */
export function parseEncoder(text: string): string {
  if (!/^[a-z0-9_-]{1,40}$/.test(text))
    refuse("is not an encoder: use auto, or a name from flvcast encoders", "libx264");
  return text;
}

/** A camera's format, in ffmpeg's words; what a camera has is known by asking it. */
export function parseInputFormat(text: string): string {
  if (!/^[a-z0-9_]{1,40}$/.test(text)) refuse("is not a format: use a name that ffmpeg knows", "mjpeg");
  return text;
}

/** `720p`, or a number from 0. */
export function parseVariant(text: string): Variant {
  const [, digits, isHeight] = /^(\d{1,5})(p?)$/.exec(text) ?? [];
  if (digits === undefined) refuse("is not a variant: use its height or its number", "720p");
  return isHeight ? { height: Number(digits) } : { number: Number(digits) };
}

/** `v:1`, `a:0` or both: numbers from 0. */
export function parseTrackMap(text: string): TrackMap {
  const match = /^(?=.)(?:v:(\d{1,3}))?(?:(?:^|,)a:(\d{1,3}))?$/.exec(text);
  if (match === null) refuse("is not a track map: use the number of the video, the audio or both", "v:0,a:1");
  const [, video, audio] = match;
  return {
    video: video === undefined ? null : Number(video),
    audio: audio === undefined ? null : Number(audio),
  };
}

/** `door=ID`: a pin's name, and the device as `devices` lists it. */
export function parsePin(text: string): WantedPin {
  const [, name, device] = /^([^=]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || device === undefined) refuse("is not NAME=DEVICE", "door=cam0");
  return { name: parsePinName(name, `door=${device}`), device };
}

/** A pin's name: one that no device and no word of `--device` has already. */
export function parsePinName(text: string, example = "door"): string {
  if (isTaken(text)) refuse("is already a device or keyword: choose another name", example);
  if (!NAME_PATTERN.test(text))
    refuse("is not a valid name: use up to 64 letters, digits, _, - and . (not first)", example);
  return text;
}

export function parseSwitch(text: string): boolean {
  if (/^(1|true|yes)$/i.test(text)) return true;
  if (/^(0|false|no)$/i.test(text)) return false;
  refuse("is not a boolean: use 1, true or yes, or 0, false or no", "1");
}

/** One of a few words; the example is the one that was probably meant. */
export function oneOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  text: string,
  wrong: string,
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const list = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  refuse(`${wrong}: use ${list}`, nearest(text, words) ?? words[0]);
}

/** Any text. */
export const parseText = (text: string): string => text;

/** A file's or a folder's path. Messages show paths whole: a URL, whose password would be shown, is refused. */
export function parsePath(text: string): string {
  if (text.includes("://")) refuse("is a URL: use a path", "./name");
  return text;
}

const MAX_VIEWERS = 1_000_000;

export function parseViewerCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count)) refuse("is not a whole number", "100");
  if (count < 1 || count > MAX_VIEWERS) refuse(`is out of range: use 1 to ${MAX_VIEWERS}`, "100");
  return count;
}

const MAX_BATCH_MS = 100;

/** Milliseconds for which a batch may wait; 0 is not at all. */
export function parseMaxBatchMs(text: string): number {
  const batchMs = /^\d{1,4}(ms)?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (!(batchMs <= MAX_BATCH_MS)) refuse(`is out of range: use 0 to ${MAX_BATCH_MS} milliseconds`, "33");
  return batchMs;
}

/** How much of a stream is kept for clips. Memory sets the limit: at 64 kbit/s, ten minutes take 5 MB. */
export function parseHistoryMs(text: string): number | null {
  return text === "none" ? null : durationFrom(text, 1000, 600_000, "1s to 10m, or none", "30s");
}

/** A file for a clip, whose suffix says what it is; `-` is stdout. */
export function parseClipFile(text: string): string {
  if (text !== "-" && !/\.(mp4|flv)$/i.test(text)) refuse("is not an .mp4 or .flv file", "clip.mp4");
  return parsePath(text);
}

/** A time within bounds. */
export function durationFrom(
  text: string,
  minMs: number,
  maxMs: number,
  range: string,
  example: string,
): number {
  const durationMs = /^0\d/.test(text) ? null : msOf(text); // 010 may be meant as another number
  if (durationMs === null || durationMs < minMs || durationMs > maxMs)
    refuse(`is out of range: use ${range}`, example);
  return durationMs;
}
