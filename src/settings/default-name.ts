import { basename } from "node:path";
import { harmlessParameters, harmlessSegments, hostOf } from "../devices/redact.ts";
import type { Source } from "../devices/source.ts";
import { type DeviceSpec, parseDeviceSpec } from "../devices/spec.ts";
import { NAME_PATTERN } from "../name.ts";

/** What a stream is called when nobody named it: a name that can stand in a URL, never empty and without secrets. */
export function defaultName(spec: DeviceSpec): string {
  switch (spec.kind) {
    case "test":
    case "screen":
    case "stdin":
      return spec.kind;
    case "publisher":
      return "rtmp";
    case "named":
      return fittedName(basename(spec.text));
    case "file":
      // Where a part may not be shown, it is a URL, if a misspelled one.
      return spec.shown !== spec.text || spec.text.includes("://")
        ? fittedName(urlWords(spec.text))
        : fittedName(withoutExtension(basename(spec.text.replaceAll("\\", "/"))));
    case "url":
      return fittedName(urlWords(spec.text));
  }
}

/** What an input is called in public: as a stream of it would be. */
export function inputName({ label, url }: Pick<Source, "label" | "url">): string {
  return defaultName(parseDeviceSpec(url.includes("://") ? url : label));
}

/** Of http, https, rtsp and rtsps. */
const DEFAULT_PORT = /:(80|443|554|322)$/;

/** Host, port and channel tell cameras apart. Everything else in a URL may be a password. */
function urlWords(url: string): string {
  const host = hostOf(url)?.toLowerCase().replace(DEFAULT_PORT, "").replaceAll("]", "");
  return host === undefined ? "" : [host, ...channelOf(url)].join("-");
}

/** Numbers in a path that are a codec's or a playlist's. */
const FORMATS = /h26[45]|mpeg4|mp4|m3u8/gi;
/** What a recorder's channels are called in a query, and what the streams of one channel are, of which 0 is the first. */
const CHANNEL = /^(ch|chn|ch(n|annel)?id|channel|cam|camera|cameraid|id|input|source|src|video)$/i;
const STREAM = /^(profile|stream|streamid|subtype|track)$/i;
/** A camera's second, smaller picture. */
const SUBSTREAM = /(?<![a-z])(sub|secondary)(?![a-rt-z])/i;

/** `1` of `?channel=1`, `101` of `/Streaming/Channels/101`, `01` and `sub` of `/h264Preview_01_sub`. */
function channelOf(url: string): readonly string[] {
  const parameters = harmlessParameters(url);
  const valuesOf = (keys: RegExp) => parameters.flatMap(([key, value]) => (keys.test(key) ? [value] : []));
  const streams = valuesOf(STREAM);
  const words = [...harmlessSegments(url), ...valuesOf(CHANNEL)];
  return [
    ...words.flatMap(numbersIn),
    ...streams.flatMap(numbersIn).filter((number) => Number(number) !== 0),
    ...([...words, ...streams].some((word) => SUBSTREAM.test(word)) ? ["sub"] : []),
  ];
}

const numbersIn = (word: string): readonly string[] => word.replace(FORMATS, "").match(/\d+/g) ?? [];

function withoutExtension(file: string): string {
  return file.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, "");
}

/** Words as a name: one that can stand in a URL, never empty. */
export function fittedName(words: string): string {
  const name = words
    .normalize("NFKD")
    .replace(/\p{M}/gu, "") // é is e and its accent
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 64)
    .replace(/(\.(flv|jpg)|[.-])+$/i, "");
  return NAME_PATTERN.test(name) ? name : "stream";
}
