import { codecString } from "../media/codecs.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Addresses } from "./place.ts";
import type { ChannelPlan } from "./plan.ts";

/** A stream that can be watched. What is printed may be kept by whoever reads it: its URLs are without their token. */
export interface OnAir extends Addresses {
  readonly name: string;
  /** RFC 6381: `avc1.640020`, `mp4a.40.2`. */
  readonly codecs: readonly string[];
  /** Width x height in pixels; null without video. */
  readonly size: string | null;
  readonly fps: number | null;
  /** ffmpeg's video encoder; null where pictures are passed through, or there are none. */
  readonly encoder: string | null;
  readonly pid: number;
}

/** Describes a stream whose settings are known, from the settings themselves. */
export function describe(
  name: string,
  addresses: Addresses,
  { plan, pipeline }: { readonly plan: ChannelPlan; readonly pipeline: Pipeline },
): OnAir {
  const { videoConfig, rates } = pipeline;
  return {
    name,
    ...addresses,
    codecs: codecsOf(pipeline),
    size: videoConfig && `${videoConfig.width}x${videoConfig.height}`,
    fps: rates.framerate ?? null,
    encoder: plan.encoder?.chosen.encoder.name ?? null,
    pid: process.pid,
  };
}

/** As RFC 6381 names them. */
export function codecsOf({ videoConfig, audioConfig }: Pipeline): readonly string[] {
  return [videoConfig, audioConfig].filter((config) => config !== null).map(codecString);
}
