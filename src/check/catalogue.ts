import { audioFaults } from "./catalogue/audio.ts";
import { av1Faults } from "./catalogue/av1.ts";
import { containerFaults } from "./catalogue/container.ts";
import { enhancedFaults } from "./catalogue/enhanced.ts";
import { hevcFaults } from "./catalogue/hevc.ts";
import { httpFaults } from "./catalogue/http.ts";
import { metadataFaults } from "./catalogue/metadata.ts";
import { timeFaults } from "./catalogue/time.ts";
import { videoFaults } from "./catalogue/video.ts";
import type { FaultKind } from "./finding.ts";

/** Every fault that is looked for, by the name that stays; docs/check.md lists them by the same parts. */
export const catalogue = {
  ...httpFaults,
  ...containerFaults,
  ...metadataFaults,
  ...videoFaults,
  ...hevcFaults,
  ...av1Faults,
  ...audioFaults,
  ...enhancedFaults,
  ...timeFaults,
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultId = keyof typeof catalogue;
