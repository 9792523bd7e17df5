import { basename } from "node:path";
import { harmlessSegments, hostOf } from "../devices/redact.ts";
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
    case "named":
      return fitted(basename(spec.text));
    case "file":
      // Where a part may not be shown, it is a URL, if a misspelled one.
      return spec.shown !== spec.text || spec.text.includes("://")
        ? fitted(urlWords(spec.text))
        : fitted(withoutExtension(basename(spec.text.replaceAll("\\", "/"))));
    case "url":
      return fitted(urlWords(spec.text));
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
  const host = hostOf(url)?.toLowerCase().replace(DEFAULT_PORT, "");
  return host === undefined ? "" : [host, channelOf(url)].filter((word) => word !== "").join("-");
}

/** Numbers in a path that are a codec's or a playlist's. */
const FORMATS = /h26[45]|mpeg4|mp4|m3u8/gi;

/** `1` of `?channel=1`, `101` of `/Streaming/Channels/101`, `01` of `/h264Preview_01_main`; empty where there is none. */
function channelOf(url: string): string {
  const named = /[/?&;_]channel=(\d{1,3})(?!\d)/i.exec(url)?.[1];
  const numbers = harmlessSegments(url).flatMap(
    (segment) => segment.replace(FORMATS, "").match(/\d+/g) ?? [],
  );
  return named ?? numbers.join("-");
}

function withoutExtension(file: string): string {
  return file.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, "");
}

function fitted(words: string): string {
  const name = words
    .normalize("NFKD")
    .replace(/\p{M}/gu, "") // é is e and its accent
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 64)
    .replace(/(\.(flv|jpg)|[.-])+$/i, "");
  return NAME_PATTERN.test(name) ? name : "stream";
}
