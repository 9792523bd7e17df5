import type { Device } from "./device.ts";
import { shownArgument } from "./redact.ts";

export type DeviceSpec = Named &
  /** Our test card, or as `test:ffmpeg` ffmpeg's testsrc2. */
  (
    | { readonly kind: "test" }
    | { readonly kind: "screen" }
    | { readonly kind: "stdin" }
    | { readonly kind: "url" }
    /** Whoever publishes the stream to us. */
    | { readonly kind: "publisher" }
    /** A device of this machine, by alias, node or stable id. */
    | ({ readonly kind: "named" } & DeviceName)
    /** A file's path, or a device by its pin or a part of its name: which, only the machine can tell. */
    | ({ readonly kind: "file"; readonly looksLikePath: boolean } & DeviceName)
  );

interface Named {
  /** As the user gave it. */
  readonly text: string;
  /** The same without whatever in it may be a secret. */
  readonly shown: string;
}

/** A text that may name a device of these kinds, what is more likely to be meant first. */
export interface DeviceName {
  readonly text: string;
  readonly kinds: readonly Device["kind"][];
}

/** What a second input is captured from. */
export type SoundSpec = Exclude<DeviceSpec, { kind: "stdin" | "screen" | "publisher" }>;

/** What an `--audio` value names; `own` is the device's own sound. */
export type AudioSpec = "own" | "none" | SoundSpec;

export const TESTSRC2 = "test:ffmpeg";
const ALIAS = /^(cam|mic|screen)\d+$/;
/** Nodes and ids of V4L2, ALSA, X11 and DirectShow; `default` is the sound system's choice. */
const NODE = /^(\/dev\/(video|v4l\/|snd\/)|\/sys\/|(plug)?hw:|:\d+(\.\d+)?$|@device_|default$)/;

/** What is read from a network. */
const NETWORK_URL = /^(rtsps?|https?|srt|udp|rtp|tcp|rtmps?|wss?):\/\//i;

/** No device is called so; a sound server's sources have dots in their names. */
const PATH = /[/\\]|\.[a-z][a-z0-9]{1,4}$/i;
const SOUND_PATH = /[/\\]|\.(aac|flac|m4a|mp[34]|mkv|og[ag]|opus|ts|wav)$/i;

/** Every text names something: what is no known word, URL or device is a file's path or a device's name. */
export function parseDeviceSpec(text: string): DeviceSpec {
  const named = { text, shown: shownArgument(text) };
  if (text === "test" || text === TESTSRC2) return { kind: "test", ...named };
  if (text === "screen") return { kind: text, ...named };
  if (text === "rtmp") return { kind: "publisher", ...named };
  if (text === "-") return { kind: "stdin", ...named };
  if (NETWORK_URL.test(text)) return { kind: "url", ...named, text: withPlainScheme(text) };
  const kinds = kindsFor(text);
  if (ALIAS.test(text) || NODE.test(text)) return { kind: "named", ...named, kinds };
  return { kind: "file", ...named, kinds, looksLikePath: PATH.test(text) };
}

/** RFC 3986, 3.1: a scheme's case means nothing. To ffmpeg it does. */
const withPlainScheme = (url: string) => url.replace(/^[^:]+/, (scheme) => scheme.toLowerCase());

/** Null for what has no sound. */
export function parseAudioSpec(text: string): AudioSpec | null {
  if (text === "auto") return "own";
  if (text === "none") return "none";
  const spec = parseDeviceSpec(text);
  switch (spec.kind) {
    case "stdin":
    case "screen":
    case "publisher":
      return null;
    case "named":
      return { ...spec, kinds: ["microphone"] };
    case "file":
      return { ...spec, kinds: ["microphone"], looksLikePath: SOUND_PATH.test(text) };
    default:
      return spec;
  }
}

/** Only what may be meant is looked for: a look at a screen or a sound server takes time. */
function kindsFor(text: string): DeviceName["kinds"] {
  if (/^cam\d+$|^\/dev\/(video|v4l\/)/.test(text)) return ["camera"];
  if (/^mic\d+$|^(plug)?hw:|^\/dev\/snd\//.test(text)) return ["microphone"];
  if (/^screen\d+$|^:\d/.test(text)) return ["screen"];
  return ["camera", "screen", "microphone"];
}
