import type { Hardware } from "../encoder.ts";

/** GPUs on Linux. */
export const renderNodes = {
  kind: "nodes",
  folder: "/dev/dri",
  names: /^renderD\d+$/,
  shown: "/dev/dri/renderD*",
  openedBy: "name",
  orDisplay: false,
} satisfies Hardware;
