import { audioFaults } from "./faults/audio.ts";
import { av1Faults } from "./faults/av1.ts";
import { containerFaults } from "./faults/container.ts";
import { enhancedFaults } from "./faults/enhanced.ts";
import { hevcFaults } from "./faults/hevc.ts";
import { httpFaults } from "./faults/http.ts";
import { metadataFaults } from "./faults/metadata.ts";
import { timeFaults } from "./faults/time.ts";
import { videoFaults } from "./faults/video.ts";
import type { Fault } from "./sample.ts";

/** Streams and answers, each broken in one way, made from sound ones. */
export const faults: readonly Fault[] = [
  ...httpFaults,
  ...containerFaults,
  ...metadataFaults,
  ...videoFaults,
  ...hevcFaults,
  ...av1Faults,
  ...audioFaults,
  ...enhancedFaults,
  ...timeFaults,
];
