import type { HeldToken } from "../app/access.ts";
import { codecString } from "../media/codecs.ts";
import { flvPath } from "../server/stream-name.ts";
import { type Site, streamUrls } from "../server/urls.ts";
import type { Pipeline } from "./pipeline.ts";
import type { ChannelPlan } from "./plan.ts";

/** A stream that can be watched. */
export interface OnAir {
  readonly name: string;
  /** The viewer URL, without the token that it may need: what is printed may be kept by whoever reads it. */
  readonly url: string;
  /** The same stream at every address that it is served from. */
  readonly urls: readonly string[];
  /** Others than this machine reach it. */
  readonly isPublic: boolean;
  readonly needsToken: boolean;
  /** The file that holds the token; null where there is none. */
  readonly tokenFile: string | null;
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
export async function describeOnAir(
  { name, site, token }: { readonly name: string; readonly site: Site; readonly token: HeldToken | null },
  { plan, pipeline }: { readonly plan: ChannelPlan; readonly pipeline: Pipeline },
): Promise<OnAir> {
  const { videoConfig, rates } = pipeline;
  const { url, urls, isPublic } = await streamUrls(site, flvPath(name));
  return {
    name,
    url,
    urls,
    isPublic,
    needsToken: token !== null,
    tokenFile: token?.path ?? null,
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
