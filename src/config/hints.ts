import { optionSynonyms } from "../settings/synonyms.ts";
import { nearest } from "../suggest.ts";
import { MERGE } from "./document.ts";
import { keysInside, notInFile, serverKeys, streamKeys } from "./keys.ts";

/** The places in the file that have keys. */
export type Place = "top" | "stream" | "event" | "push" | "record";

/** What other servers' files call ours, mediamtx's and go2rtc's foremost. */
const synonyms: Readonly<Record<Place, Readonly<Record<string, string>>>> = {
  top: {
    ...{ channels: "streams", paths: "streams", cameras: "streams", inputs: "streams", sources: "streams" },
    ...{ default: "defaults", "path-defaults": "defaults", hooks: "events", webhooks: "events" },
    ...{ "http-address": "listen", "webrtc-address": "listen", "hls-address": "listen", api: "listen" },
    ...{ "server-cert": "tls-cert", "server-key": "tls-key", certificate: "tls-cert" },
    ...{ "api-allow-origin": "cors", "allow-origin": "cors", "api-trusted-proxies": "trusted-proxy" },
    ...{
      "allow-origins": "cors",
      origins: "cors",
      "trusted-proxies": "trusted-proxy",
      proxies: "trusted-proxy",
    },
    ...{ "public-hosts": "public-host", "server-name": "name", "max-readers": "max-viewers" },
  },
  stream: {
    ...{ url: "device", file: "device", "source-on-demand": "on-demand", "run-on-demand": "on-demand" },
    ...{ "source-on-demand-close-after": "linger", "run-on-demand-close-after": "linger" },
    ...{ "source-on-demand-start-timeout": "ready-timeout", "source-protocol": "rtsp-transport" },
    ...{
      publish: "push",
      pushes: "push",
      targets: "push",
      forward: "push",
      "rtmp-push": "push",
      restream: "push",
    },
    ...{ "max-readers": "max-viewers", "read-pass": "token", "read-timeout": "stall", video: "video-codec" },
    ...{
      width: "size",
      height: "size",
      "video-size": "size",
      "frame-rate": "fps",
      "keyframe-interval": "gop",
    },
    ...{ "record-segment-duration": "record-segment", "record-delete-after": "record-keep" },
    ...{ "record-part-duration": "record-sync", "record-retain": "record-keep", recording: "record" },
    ...{
      "record-folder": "record",
      recordings: "record",
      dvr: "record",
      "record-timezone": "record-time-zone",
    },
    ...{ "audio-device": "audio", "rpi-camera-fps": "fps", "video-bitrate": "bitrate", vf: "video-filter" },
  },
  record: {
    ...{ dir: "folder", directory: "folder", "record-path": "path", "segment-duration": "segment" },
    ...{ "delete-after": "keep", retain: "keep", retention: "keep", "max-age": "keep", days: "keep" },
    ...{ size: "max-size", timezone: "time-zone", tz: "time-zone", hours: "when", "part-duration": "sync" },
  },
  push: {
    ...{ target: "url", to: "url", address: "url", server: "url", sound: "audio", lag: "max-lag" },
    ...{ "insecure-skip-verify": "insecure", "only-when": "when" },
  },
  event: {
    ...{ command: "run", cmd: "run", exec: "run", url: "post", webhook: "post", http: "post" },
    ...{
      event: "on",
      events: "on",
      when: "on",
      delay: "after",
      for: "after",
      key: "secret",
      token: "secret",
    },
  },
};

/** mediamtx's programs for events. */
const hook = /^run-on-(?!demand)/;

/** What is said of a key that a place does not have: `unknown; did you mean size?`, or where it belongs. */
export function unknownKey(key: string, place: Place, known: readonly string[]): string {
  const flag = flagLike(key);
  if (key === MERGE) return "merge keys are not supported: use defaults";
  if (known.includes(flag)) return `unknown; did you mean ${flag}?`;
  if (place === "top" || place === "stream") {
    const elsewhere = whereElse(flag, place);
    if (elsewhere !== null) return elsewhere;
  }
  const meant = own(synonyms[place], flag) ?? own(optionSynonyms, flag);
  const found = meant !== undefined && known.includes(meant) ? meant : nearest(flag, known);
  return found === null ? "unknown" : `unknown; did you mean ${found}?`;
}

function whereElse(flag: string, place: "top" | "stream"): string | null {
  const reason = own(notInFile, flag);
  if (reason !== undefined) return reason;
  if (hook.test(flag)) return "unknown; programs are run by events, a list at the top";
  if (place === "top" && (streamKeys.has(flag) || flag in keysInside))
    return "belongs to a stream, or to defaults";
  if (place === "stream" && flag === "name") return "not needed: the key above is the name of the stream";
  if (place === "stream" && serverKeys.has(flag)) return "belongs at the top: all streams share it";
  return null;
}

/** `maxLag` and `max_lag` as flags are written: `max-lag`. */
function flagLike(key: string): string {
  return key
    .replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`)
    .replaceAll("_", "-")
    .toLowerCase();
}

const own = (table: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(table, key) ? table[key] : undefined;
