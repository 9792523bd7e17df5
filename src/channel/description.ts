import type { UserError } from "../errors.ts";
import { codecString } from "../media/codecs.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { MediaTotals, StreamStatus } from "../stream.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import type { ChannelState } from "./channel-state.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Addresses, Place } from "./place.ts";
import type { Session } from "./session.ts";
import type { Meter } from "./supervisor/meter.ts";

/** A stream that can be watched. Printed text may be kept by its readers, so the URLs are without their token. */
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
function codecsOf({ videoConfig, audioConfig }: Pipeline): readonly string[] {
  return [videoConfig, audioConfig].filter((config) => config !== null).map(codecString);
}

export interface StatusParts {
  readonly settings: Pick<ChannelSettings, "name" | "device" | "onDemand">;
  readonly place: Pick<Place, "addresses" | "failure" | "publishing">;
  readonly state: ChannelState;
  readonly session: Session | null;
  readonly meter: Meter;
  readonly viewers: number;
  readonly pushes: StreamStatus["pushes"];
  readonly recording: StreamStatus["recording"];
}

export function statusOf({
  settings,
  place,
  state,
  session,
  meter,
  viewers,
  pushes,
  recording,
}: StatusParts): StreamStatus {
  const { url = null, pageUrl = null, urls = [] } = place.addresses() ?? {};
  const { failure } = place;
  return {
    ...{ name: settings.name, state: state.current, sinceMs: state.sinceMs, pid: process.pid },
    ...{ isOnDemand: settings.onDemand !== null, startedMs: Math.round(performance.timeOrigin) },
    ...{ url, pageUrl, urls, isReachable: failure === null },
    device: settings.device.shown,
    ...sessionStatus(session, state.failure),
    ...(failure && { lastError: failure.message, reason: failure.reason }),
    ...(state.current === "idle"
      ? { fps: null, bitrateKbps: null }
      : { fps: meter.fps, bitrateKbps: meter.bitrateKbps }),
    keyIntervalMs: meter.keyIntervalMs,
    ...droppedUnits(meter.totals),
    ...{ viewers, pushes, recording },
    publisher: place.publishing?.publisher() ?? null,
  };
}

function droppedUnits({ damagedUnits, ignoredUnits }: MediaTotals) {
  return {
    damagedUnits: damagedUnits.video + damagedUnits.audio,
    ignoredUnits: ignoredUnits.video + ignoredUnits.audio,
  };
}

/** What the status tells of a session; hardly anything before there is one, but what is waited for. */
export function sessionStatus(session: Session | null, waitsFor: UserError | null) {
  const inputs = session?.inputs ?? [];
  const video = session?.pipeline.videoConfig ?? null;
  const encoder = session?.plan.encoder ?? null;
  const failed = inputs.findLast(({ lastError }) => lastError !== null);
  return {
    inputs,
    encoder: encoder?.chosen.encoder.name ?? null,
    encoderReason: encoder?.reason ?? null,
    encoderLagMs: session?.lagMs ?? null,
    codecs: session === null ? [] : codecsOf(session.pipeline),
    size: video && `${video.width}x${video.height}`,
    restarts: inputs.reduce((sum, { restarts }) => sum + restarts, 0),
    lastError: failed?.lastError ?? waitsFor?.message ?? null,
    reason: failed?.reason ?? waitsFor?.reason ?? null,
  };
}
