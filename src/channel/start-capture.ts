import type { UserError } from "../errors.ts";
import { type Capture, FfmpegCapture, type OnPackets } from "../ffmpeg/capture.ts";
import type { DriverChange } from "../ffmpeg/driver-change.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import type { ReadCoalescer } from "../ffmpeg/read-coalescer.ts";
import { explainFailure } from "../inputs/device-failure.ts";
import { FlvCapture } from "../inputs/flv-capture.ts";
import type { AudioConfig, TrackName } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";
import type { Machine } from "../system/machine.ts";
import type { Overrides } from "./channel-plan.ts";
import type { ClockWatch } from "./supervisor/clock-watch.ts";

export interface CaptureParts extends Pick<Overrides, "through"> {
  readonly ffmpeg: FfmpegBinary | null;
  readonly reads: ReadCoalescer;
  /** There are other inputs beside it. */
  readonly isFollowed: boolean;
  readonly surroundings: { readonly machine: Machine; readonly clock: Pick<ClockWatch, "setUs"> };
  readonly onPackets: OnPackets;
  readonly onDropped: (track: TrackName, dropped: DroppedUnits) => void;
  /** An input with video will have sound, too. */
  readonly onAnnounced: (config: AudioConfig) => void;
  readonly onTrackEnd: (track: TrackName) => void;
  readonly onFfmpegLine: (line: string) => void;
  readonly onDriverChange: (change: DriverChange) => void;
  /** Frames cannot stay on the chip: the process ends, and its failure says more. */
  readonly onGpuDecodingRefused: (line: string) => void;
}

/** Starts to read one input: by a process of ffmpeg, or, where it sends FLV messages, without one. */
export function startCapture(plan: ProcessPlan, parts: CaptureParts): Capture {
  const { source, video } = plan;
  const { reads, isFollowed, onPackets, onDropped, surroundings, through } = parts;
  const options = {
    ...{ reads, isFollowed, onPackets, onDropped },
    onAnnounced: (config: AudioConfig) => {
      if (video !== null) parts.onAnnounced(config);
    },
  };
  if (source.messages !== undefined) return new FlvCapture(plan, source.messages, options);
  const { onFfmpegLine, onDriverChange, onTrackEnd } = parts;
  return new FfmpegCapture(parts.ffmpeg?.path ?? "ffmpeg", plan, {
    ...{ ...options, through, onFfmpegLine, onDriverChange, onTrackEnd },
    explain: (failure: UserError, device) => explainFailure(failure, device, surroundings.machine),
    setUs: () => surroundings.clock.setUs,
    onDecodingRefused: (line) => {
      if (video?.decoding === "gpu") parts.onGpuDecodingRefused(line);
    },
  });
}
