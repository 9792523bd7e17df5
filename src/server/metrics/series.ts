import type { Hub } from "../../outputs/live/hub.ts";
import type { Transport } from "../../outputs/live/sink.ts";
import type { MediaTotals, StreamStatus } from "../../stream.ts";
import { recordingStates, streamStates } from "../../stream.ts";

export interface Measured {
  readonly status: StreamStatus;
  readonly totals: MediaTotals;
  /** null where it is not there yet. */
  readonly hub: Hub | null;
}

/** Values of one metric, told apart by labels. */
export type Values = readonly (readonly [Readonly<Record<string, string>>, number | null])[];

/** One metric of each stream, by Prometheus's conventions for names: base units, and `_total` for what only grows. */
export interface Series {
  readonly kind: "counter" | "gauge";
  /** Without `flvcast_`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** What is null is left out. */
  readonly read: (measured: Measured) => Values | number | null;
}

const transports: readonly Transport["name"][] = ["http/1.1", "http/1.0", "websocket"];

/** Every metric that is read off a stream; docs/api.md lists them, and a test holds the two together. */
export const series: readonly Series[] = [
  {
    ...{ kind: "gauge", name: "stream_state", labels: ["state"] },
    help: "1 for the current state of the stream, 0 for the others",
    read: ({ status }) => streamStates.map((state) => [{ state }, status.state === state ? 1 : 0]),
  },
  {
    ...{ kind: "gauge", name: "encoder_info", labels: ["encoder"] },
    help: "1 for the video encoder in use",
    read: ({ status: { encoder } }) => (encoder === null ? [] : [[{ encoder }, 1]]),
  },
  {
    ...{ kind: "counter", name: "media_frames_total", labels: ["track"] },
    help: "Video and audio frames received from the inputs",
    read: ({ totals }) => [
      [{ track: "video" }, totals.videoFrames],
      [{ track: "audio" }, totals.audioFrames],
    ],
  },
  {
    ...{ kind: "counter", name: "media_bytes_total", labels: ["track"] },
    help: "Encoded bytes received from the inputs",
    read: ({ totals }) => [
      [{ track: "video" }, totals.videoBytes],
      [{ track: "audio" }, totals.audioBytes],
    ],
  },
  {
    ...{ kind: "counter", name: "key_frames_total" },
    help: "Key frames received from the inputs",
    read: ({ totals }) => totals.keyFrames,
  },
  {
    ...{ kind: "counter", name: "media_dropped_units_total", labels: ["track", "reason"] },
    help: "NAL units and audio frames that were dropped: damaged, or ignored as decoders do",
    read: ({ totals }) =>
      (["video", "audio"] as const).flatMap((track) => [
        [{ track, reason: "damaged" }, totals.damagedUnits[track]],
        [{ track, reason: "ignored" }, totals.ignoredUnits[track]],
      ]),
  },
  {
    ...{ kind: "gauge", name: "key_frame_interval_seconds" },
    help: "Time between the last two key frames, or since the last one if that is longer",
    read: ({ totals }) => seconds(totals.keyIntervalMs),
  },
  {
    ...{ kind: "gauge", name: "frames_per_second" },
    help: "Frames per second over the last five seconds; 0 if there were none",
    read: ({ status }) => status.fps ?? 0,
  },
  {
    ...{ kind: "gauge", name: "bitrate_bytes_per_second" },
    help: "Encoded bytes per second of video and audio over the last five seconds; multiply by 8 for bit/s",
    read: ({ status }) => ((status.bitrateKbps ?? 0) * 1000) / 8,
  },
  {
    ...{ kind: "gauge", name: "input_up", labels: ["input"] },
    help: "1 while the input sends",
    read: ({ status }) =>
      status.inputs.map(({ name, state }) => [{ input: name }, state === "running" ? 1 : 0]),
  },
  {
    ...{ kind: "counter", name: "input_restarts_total", labels: ["input"] },
    help: "How often the input's process was restarted",
    read: ({ status }) => status.inputs.map(({ name, restarts }) => [{ input: name }, restarts]),
  },
  {
    ...{ kind: "counter", name: "input_stalls_total", labels: ["input"] },
    help: "How often the input sent nothing for too long (--stall)",
    read: ({ status }) => status.inputs.map(({ name, stalls }) => [{ input: name }, stalls]),
  },
  {
    ...{ kind: "gauge", name: "publisher_up" },
    help: "1 while someone publishes the stream; only if its device is rtmp",
    read: ({ status }) => (status.device === "rtmp" ? Number(status.publisher !== null) : null),
  },
  {
    ...{ kind: "gauge", name: "viewers", labels: ["transport"] },
    help: "Current viewers",
    read: ({ hub }) =>
      transports.map((transport) => [
        { transport },
        hub?.viewers.filter(({ sink }) => sink.transport.name === transport).length ?? 0,
      ]),
  },
  {
    ...{ kind: "counter", name: "viewer_disconnects_total", labels: ["reason"] },
    help: "Viewers that are gone: stalled (accepted no data for --viewer-timeout), removed by the API, or left on their own or at the end of the stream",
    read: ({ hub }) => (hub === null ? [] : disconnects(hub)),
  },
  {
    ...{ kind: "counter", name: "viewer_skips_total" },
    help: "How often a viewer fell behind (--max-lag) and was skipped to a later key frame",
    read: ({ hub }) => hub?.totals.skips ?? null,
  },
  {
    ...{ kind: "counter", name: "sent_bytes_total" },
    help: "Bytes sent to viewers, including framing",
    read: ({ hub }) => hub?.sentBytes ?? null,
  },
  {
    ...{ kind: "gauge", name: "push_up", labels: ["target"] },
    help: "1 while the server gets the stream (--push)",
    read: ({ status }) => status.pushes.map(({ target, state }) => [{ target }, state === "up" ? 1 : 0]),
  },
  {
    ...{ kind: "gauge", name: "push_lag_seconds", labels: ["target"] },
    help: "Media that the server had not acknowledged at the last look",
    read: ({ status }) => status.pushes.map(({ target, lagMs }) => [{ target }, seconds(lagMs)]),
  },
  {
    ...{ kind: "counter", name: "push_skips_total", labels: ["target"] },
    help: "How often the server fell behind and was skipped to a later key frame",
    read: ({ status }) => status.pushes.map(({ target, skips }) => [{ target }, skips]),
  },
  {
    ...{ kind: "counter", name: "push_reconnects_total", labels: ["target"] },
    help: "How often the server was connected again",
    read: ({ status }) => status.pushes.map(({ target, reconnects }) => [{ target }, reconnects]),
  },
  {
    ...{ kind: "counter", name: "push_sent_bytes_total", labels: ["target"] },
    help: "Bytes sent to the server, including framing",
    read: ({ status }) => status.pushes.map(({ target, sentBytes }) => [{ target }, sentBytes]),
  },
  {
    ...{ kind: "gauge", name: "recording_state", labels: ["state"] },
    help: "1 for the current state of the recording (--record), 0 for the others",
    read: ({ status: { recording } }) =>
      recording === null
        ? []
        : recordingStates.map((state) => [{ state }, recording.state === state ? 1 : 0]),
  },
  {
    ...{ kind: "gauge", name: "recording_bytes" },
    help: "Size of all segments of the stream",
    read: ({ status }) => status.recording?.bytes ?? null,
  },
  {
    ...{ kind: "gauge", name: "recording_segments" },
    help: "Number of segments of the stream",
    read: ({ status }) => status.recording?.segments ?? null,
  },
  {
    ...{ kind: "gauge", name: "recording_disk_free_bytes" },
    help: "What was free on the disk at the last look, every ten seconds",
    read: ({ status }) => status.recording?.freeBytes ?? null,
  },
  {
    ...{ kind: "gauge", name: "recording_lag_seconds" },
    help: "Media that waits to be written",
    read: ({ status }) => seconds(status.recording?.lagMs ?? null),
  },
  {
    ...{ kind: "counter", name: "recording_skips_total" },
    help: "How often the disk fell behind and the recording was skipped to a later key frame",
    read: ({ status }) => status.recording?.skips ?? null,
  },
  {
    ...{ kind: "gauge", name: "batch_interval_seconds" },
    help: "How long a tag may currently wait to share a write with others",
    read: ({ hub }) => seconds(hub?.batchMs ?? null),
  },
];

function disconnects({ totals: { departures, stalls, removals } }: Hub): Values {
  return [
    [{ reason: "stalled" }, stalls],
    [{ reason: "removed" }, removals],
    [{ reason: "left" }, departures - stalls - removals],
  ];
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
