/** What a `--device` or `--audio` value names. */
export type DeviceSpec =
  | { readonly kind: "test" }
  | { readonly kind: "screen" }
  | { readonly kind: "stdin" }
  | { readonly kind: "url"; readonly url: string }
  /** A camera, microphone or screen of this machine, by alias, node or stable id. */
  | { readonly kind: "capture"; readonly text: string }
  /** A file's path, or a device by its pin or a part of its name: which, only the machine can tell. */
  | { readonly kind: "file"; readonly path: string };

const ALIAS = /^(cam|mic|screen)\d+$/;
/** Nodes and ids of V4L2, ALSA, X11 and DirectShow; `default` is the sound system's choice. */
const NODE = /^(\/dev\/(video|v4l\/|snd\/)|\/sys\/|(plug)?hw:|:\d+(\.\d+)?$|@device_|default$)/;

/** Every text names something: what is no known word, URL or device is a file's path or a device's name. */
export function parseDeviceSpec(text: string): DeviceSpec {
  if (text === "test" || text === "screen") return { kind: text };
  if (text === "-") return { kind: "stdin" };
  if (/^(rtsps?|https?):\/\//i.test(text)) return { kind: "url", url: text };
  if (ALIAS.test(text) || NODE.test(text)) return { kind: "capture", text };
  return { kind: "file", path: text };
}
