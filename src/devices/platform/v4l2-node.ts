import type { Mode } from "../device.ts";

/** What stands behind a /dev/videoN. */
export type V4l2Node =
  | { readonly kind: "capture"; readonly modes: readonly Mode[] }
  /** It takes pictures in: a v4l2loopback that nobody feeds is this. */
  | { readonly kind: "output" }
  /** Metadata, encoders, decoders. */
  | { readonly kind: "other" };
