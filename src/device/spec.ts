/** What a `--device` or `--audio` value names. */
export type DeviceSpec =
  | { readonly kind: "test" }
  | { readonly kind: "screen" }
  | { readonly kind: "stdin" }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "file"; readonly path: string };

/** Every text names something: what is no known word and no URL is a file's path. */
export function parseDeviceSpec(text: string): DeviceSpec {
  if (text === "test" || text === "screen") return { kind: text };
  if (text === "-") return { kind: "stdin" };
  if (/^(rtsps?|https?):\/\//i.test(text)) return { kind: "url", url: text };
  return { kind: "file", path: text };
}
