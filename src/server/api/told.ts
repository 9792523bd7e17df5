import type { Viewer } from "../../outputs/live/viewer.ts";
import type { CastStatus } from "../../status.ts";
import type { ChannelDetail, ChannelInfo, Channels, ViewerInfo } from "./schemas.ts";

/** What a viewer may know of a channel. */
export function toChannels(statuses: readonly CastStatus[], nowMs: number): Channels {
  return { nowMs, channels: statuses.map(toChannel) };
}

export function toChannelDetail(status: CastStatus): ChannelDetail {
  const { startedMs, restarts, encoder, inputs } = status;
  return {
    ...toChannel(status),
    startedMs,
    restarts,
    encoderWhy: encoder?.why ?? null,
    inputs: inputs.map((input) => ({ ...input })),
  };
}

export function toViewer(channel: string, { who, sink, state, lagMs, skips, sentBytes }: Viewer): ViewerInfo {
  return {
    id: String(who.id),
    channel,
    address: who.address,
    transport: sink.transport.name,
    sinceMs: who.sinceMs,
    lagMs: Number.isFinite(lagMs) ? Math.round(lagMs) : null,
    isWaiting: state === "waiting-for-key",
    skipped: skips,
    sentBytes,
  };
}

function toChannel(status: CastStatus): ChannelInfo {
  const { name, state, sinceMs, url, size, fps, bitrateKbps, codecs, viewers, lastError, encoder } = status;
  return {
    ...{ name, state, sinceMs, url, size, fps, bitrateKbps, viewers, lastError },
    codecs: [...codecs],
    encoder: encoder?.name ?? null,
  };
}
