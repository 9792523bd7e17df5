import type { Viewer } from "../../outputs/live/viewer.ts";
import { listed } from "../../recordings/listed.ts";
import type { Segment } from "../../recordings/segment.ts";
import { isWithin, type Span } from "../../recordings/span.ts";
import type { RecordingStatus, StreamStatus } from "../../stream.ts";
import type { Recordings, StreamDetail, StreamInfo, Streams, ViewerInfo } from "./schemas.ts";

export function toStreams(statuses: readonly StreamStatus[], nowMs: number): Streams {
  return { nowMs, streams: statuses.map(toStream) };
}

export function toStreamDetail(status: StreamStatus): StreamDetail {
  const { pid: _pid, urls: _urls, device: _device, lastError: _lastError, ...detail } = status;
  return {
    ...detail,
    inputs: status.inputs.map(({ label: _label, lastError: _error, ...input }) => input),
    pushes: status.pushes.map(({ lastError: _error, ...push }) => push),
    recording: status.recording && withoutPaths(status.recording),
  };
}

function withoutPaths({ folder: _folder, lastError: _error, ...recording }: RecordingStatus) {
  return recording;
}

export function toViewer(stream: string, { who, sink, state, lagMs, skips, sentBytes }: Viewer): ViewerInfo {
  return {
    id: String(who.id),
    stream,
    address: who.address,
    transport: sink.transport.name as ViewerInfo["transport"], // RTMP is how we push, and nobody watches by it
    sinceMs: who.sinceMs,
    lagMs: Number.isFinite(lagMs) ? Math.round(lagMs) : null,
    isWaiting: state === "waiting-for-key",
    skipped: skips,
    sentBytes,
  };
}

export function toRecordings(segments: readonly Segment[], span: Span): Recordings {
  return {
    isRecording: segments.at(-1)?.state === "recording",
    segments: listed(segments).filter((segment) => isWithin(segment, span)),
  };
}

function toStream(status: StreamStatus): StreamInfo {
  const { name, state, sinceMs, url, pageUrl, size, fps, bitrateKbps, codecs, encoder, viewers } = status;
  const { isOnDemand, isReachable, reason } = status;
  return {
    ...{ name, state, sinceMs, url, pageUrl, size, fps, bitrateKbps, codecs, encoder, viewers },
    ...{ isOnDemand, isReachable, reason },
  };
}
