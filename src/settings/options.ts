import {
  parseBitrateKbps,
  parseDurationMs,
  parseEncoder,
  parseFps,
  parseGopSeconds,
  parseHost,
  parseInputFormat,
  parseName,
  parsePin,
  parsePinName,
  parsePort,
  parseSize,
  parseSwitch,
  parseText,
} from "./parse.ts";
import type { DevicesSettings, DoctorSettings, StartSettings } from "./settings.ts";

/** The parts of the help text. */
type Group = "What to capture" | "Picture and sound" | "Where to serve" | "Names that stay" | "Running";

/** One option: flags, environment, help and the settings' types all come from here. */
export interface Option<Value> {
  /** Without dashes: `ready-timeout`. */
  readonly flag: string;
  readonly group: Group;
  /** What the help calls the value; `null` for a switch, which has none. */
  readonly metavar: string | null;
  readonly help: string;
  /** How the help tells the default; `null` where nothing is to be told. */
  readonly fallbackText: string | null;
  /** The value when nobody gave one; `undefined` where that takes more than the table knows. */
  readonly fallback: Value | undefined;
  /** It does something, once: a variable that stays set must not do it again. */
  readonly isFlagOnly?: true;
  /** @throws UnacceptableError */
  readonly parse: (text: string) => Value;
}

export type OptionTable<Settings> = { readonly [Key in keyof Settings]: Option<Settings[Key]> };

/** Every option of `flvcast start`, in the order of the help text. */
export const startOptions: OptionTable<StartSettings> = {
  device: {
    flag: "device",
    group: "What to capture",
    metavar: "DEVICE",
    help: "a camera (cam0, /dev/video0, its id or part of its name), screen, test, a media file, an rtsp:// or http(s):// URL, or - for raw H.264 on stdin; see flvcast devices",
    fallbackText: "required",
    fallback: undefined,
    parse: parseText,
  },
  audio: {
    flag: "audio",
    group: "What to capture",
    metavar: "AUDIO",
    help: "auto (the device's own sound, a camera's own microphone), none, default, a microphone (mic0, its id or part of its name), test, a media file or a URL",
    fallbackText: "auto",
    fallback: "auto",
    parse: parseText,
  },
  loop: {
    flag: "loop",
    group: "What to capture",
    metavar: null,
    help: "play a media file again and again",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  size: {
    flag: "size",
    group: "Picture and sound",
    metavar: "WIDTHxHEIGHT",
    help: "picture size in pixels, even numbers",
    fallbackText: "the device's",
    fallback: null,
    parse: parseSize,
  },
  fps: {
    flag: "fps",
    group: "Picture and sound",
    metavar: "RATE",
    help: "pictures per second, also 30000/1001",
    fallbackText: "the device's",
    fallback: null,
    parse: parseFps,
  },
  inputFormat: {
    flag: "input-format",
    group: "Picture and sound",
    metavar: "FORMAT",
    help: "what the camera is to send, by ffmpeg's name: mjpeg, yuyv422, h264",
    fallbackText: "the best",
    fallback: null,
    parse: parseInputFormat,
  },
  bitrateKbps: {
    flag: "bitrate",
    group: "Picture and sound",
    metavar: "RATE",
    help: "of the picture: bit/s, or with k or M, as 2500k",
    fallbackText: "by size",
    fallback: null,
    parse: parseBitrateKbps,
  },
  gopSeconds: {
    flag: "gop",
    group: "Picture and sound",
    metavar: "SECONDS",
    help: "time between key frames",
    fallbackText: "1",
    fallback: 1,
    parse: parseGopSeconds,
  },
  encoder: {
    flag: "encoder",
    group: "Picture and sound",
    metavar: "NAME",
    help: "ffmpeg's H.264 encoder, or auto",
    fallbackText: "auto",
    fallback: "auto",
    parse: parseEncoder,
  },
  copy: {
    flag: "copy",
    group: "Picture and sound",
    metavar: null,
    help: "pass H.264 and AAC through as they are",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  name: {
    flag: "name",
    group: "Where to serve",
    metavar: "NAME",
    help: "the stream's name in its URL",
    fallbackText: "from the device",
    fallback: undefined,
    parse: parseName,
  },
  host: {
    flag: "host",
    group: "Where to serve",
    metavar: "ADDRESS",
    help: "address to listen on; 0.0.0.0 lets everyone watch who can reach it",
    fallbackText: "127.0.0.1",
    fallback: "127.0.0.1",
    parse: parseHost,
  },
  port: {
    flag: "port",
    group: "Where to serve",
    metavar: "PORT",
    help: "port to listen on; 0 picks a free one",
    fallbackText: "8080",
    fallback: 8080,
    parse: parsePort,
  },
  durationMs: {
    flag: "duration",
    group: "Running",
    metavar: "TIME",
    help: "stop after this long: 90, 90s, 10m, 1h",
    fallbackText: "never",
    fallback: null,
    parse: parseDurationMs,
  },
  readyTimeoutMs: {
    flag: "ready-timeout",
    group: "Running",
    metavar: "TIME",
    help: "give up if nothing can be watched by then",
    fallbackText: "15s",
    fallback: 15_000,
    parse: parseDurationMs,
  },
  ffmpeg: {
    flag: "ffmpeg",
    group: "Running",
    metavar: "PATH",
    help: "the ffmpeg to run",
    fallbackText: "the system's",
    fallback: null,
    parse: parseText,
  },
  dryRun: {
    flag: "dry-run",
    group: "Running",
    metavar: null,
    help: "print the ffmpeg command lines and capture nothing",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  showSecrets: {
    flag: "show-secrets",
    group: "Running",
    metavar: null,
    help: "with --dry-run: print passwords, too",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  json: {
    flag: "json",
    group: "Running",
    metavar: null,
    help: "print one JSON object instead of the URL",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  quiet: {
    flag: "quiet",
    group: "Running",
    metavar: null,
    help: "say nothing but the URL and failures",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
  verbose: {
    flag: "verbose",
    group: "Running",
    metavar: null,
    help: "show what ffmpeg says",
    fallbackText: null,
    fallback: false,
    parse: parseSwitch,
  },
};

/** Every option of `flvcast devices`, in the order of the help text. */
export const devicesOptions: OptionTable<DevicesSettings> = {
  pin: {
    flag: "pin",
    group: "Names that stay",
    metavar: "NAME=DEVICE",
    help: "let NAME mean this very device from now on, whatever its number; DEVICE as listed, or its id",
    fallbackText: null,
    fallback: null,
    isFlagOnly: true,
    parse: parsePin,
  },
  unpin: {
    flag: "unpin",
    group: "Names that stay",
    metavar: "NAME",
    help: "forget the name",
    fallbackText: null,
    fallback: null,
    isFlagOnly: true,
    parse: parsePinName,
  },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};

/** Every option of `flvcast doctor`, in the order of the help text. */
export const doctorOptions: OptionTable<DoctorSettings> = {
  host: {
    ...startOptions.host,
    help: "address to listen on; with one that others reach, a firewall in their way is a failure",
    fallback: null,
  },
  port: { ...startOptions.port, help: "port to listen on" },
  ffmpeg: startOptions.ffmpeg,
  json: { ...startOptions.json, help: "print one JSON object" },
};

/** The variable that stands for a flag: `ready-timeout` is `FLVCAST_READY_TIMEOUT`. */
export function environmentName(flag: string): string {
  return `FLVCAST_${flag.toUpperCase().replaceAll("-", "_")}`;
}
