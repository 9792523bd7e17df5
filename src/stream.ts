import type { PushStatus } from "./outputs/push/push-status.ts";
import type { ClipFile } from "./recordings/clip.ts";
import type { StreamRecordings } from "./recordings/segment.ts";

/*
 * A stream as others see and control it: the server, signals, other processes, and code that imports flvcast. Without
 * zod, so that capturing a device does not load it; `status.ts` has the schema of what goes between processes.
 */

export const streamStates = ["starting", "waiting", "idle", "on-air", "degraded", "ended"] as const;

/** `waiting`: for the stream, for a viewer or for the next attempt. */
export const pushStates = ["connecting", "up", "waiting"] as const;

/** `waiting`: for the stream, or for a viewer. `paused`: nothing can be written at the moment. */
export const recordingStates = ["recording", "waiting", "off-hours", "paused"] as const;

/** `running`: it sends. `starting`: its process has sent nothing yet. `waiting`: for the next attempt. */
export const inputStates = ["starting", "running", "waiting", "ended"] as const;

export type { PushStatus };

export type StreamState = (typeof streamStates)[number];

/** One input of a stream. Times ending in `Ms` are in milliseconds, points in time since 1970. */
export interface InputStatus {
  /** Its public name, without paths or URLs. */
  readonly name: string;
  /** As given by the user, with passwords hidden. */
  readonly label: string;
  readonly state: (typeof inputStates)[number];
  /** Since the first key frame. */
  readonly restarts: number;
  /** How often it stopped sending and was restarted. */
  readonly stalls: number;
  readonly lastError: string | null;
  /** What went wrong last, named as in the exit codes. */
  readonly reason: string | null;
  readonly retryAtMs: number | null;
  /** Announced tracks that have sent nothing so far; silence or the last frame is sent instead. */
  readonly silentTracks: readonly ("video" | "audio")[];
  /** It is restarted after sending nothing for this long; null: never. */
  readonly maxSilenceMs: number | null;
  readonly lastFrameMs: number | null;
}

/** The recording of a stream. */
export interface RecordingStatus {
  readonly state: (typeof recordingStates)[number];
  readonly sinceMs: number;
  readonly folder: string;
  /** The ID of the segment being written. */
  readonly segment: string | null;
  /** Media that waits to be written. */
  readonly lagMs: number;
  readonly skips: number;
  /** Of all segments. */
  readonly bytes: number;
  readonly segments: number;
  readonly freeBytes: number | null;
  readonly lastError: string | null;
}

/** Who publishes the stream. */
export interface PublisherStatus {
  /** As it calls itself; empty if it does not. */
  readonly program: string;
  readonly address: string;
  readonly sinceMs: number;
}

/** The status of a stream. Times ending in `Ms` are in milliseconds, points in time since 1970. URLs are without a token. */
export interface StreamStatus {
  readonly name: string;
  readonly state: StreamState;
  /** It runs only while someone watches. */
  readonly isOnDemand: boolean;
  readonly sinceMs: number;
  /** When the process started. */
  readonly startedMs: number;
  readonly pid: number;
  /** null until the port is bound. */
  readonly url: string | null;
  readonly pageUrl: string | null;
  /** For all addresses of this machine, `url` first. */
  readonly urls: readonly string[];
  /** false while the address it listens on is missing, so nobody can connect. */
  readonly isReachable: boolean;
  /** As given by the user, with passwords hidden. */
  readonly device: string;
  readonly inputs: readonly InputStatus[];
  /** ffmpeg's name of the encoder; null if nothing is encoded. */
  readonly encoder: string | null;
  readonly encoderReason: string | null;
  /** How far it lags behind; null while it keeps up, and in the first 15 s. */
  readonly encoderLagMs: number | null;
  /** RFC 6381: `avc1.42c01f`, `mp4a.40.2`. */
  readonly codecs: readonly string[];
  /** `1280x720`; null without video, or before the first frame. */
  readonly size: string | null;
  /** Averaged over five seconds. */
  readonly fps: number | null;
  /** Between the last two key frames, or since the last one if that is longer; null until known. */
  readonly keyIntervalMs: number | null;
  /** Video and audio together, averaged over five seconds. */
  readonly bitrateKbps: number | null;
  readonly restarts: number;
  /** Received from inputs and dropped. */
  readonly damagedUnits: number;
  /** Decoders ignore them by specification; dropped without loss. */
  readonly ignoredUnits: number;
  readonly viewers: number;
  readonly pushes: readonly PushStatus[];
  /** null: it is not recorded. */
  readonly recording: RecordingStatus | null;
  /** null if nobody publishes it, or its input is another. */
  readonly publisher: PublisherStatus | null;
  /** As logged. */
  readonly lastError: string | null;
  /** The same as a name from the exit codes: `deviceAbsent`, `notReady`. */
  readonly reason: string | null;
}

/** Where a stream is published, for this user only: the key opens it. */
export interface PublishAddress {
  /** What OBS calls so: `rtmp://HOST/live`. */
  readonly server: string;
  /** `NAME?key=KEY` */
  readonly streamKey: string;
  /** Both in one. */
  readonly url: string;
}

/** What a stream has received since it started: counters that only grow, and the last key frame interval. */
export interface MediaTotals {
  readonly videoFrames: number;
  readonly keyFrames: number;
  readonly audioFrames: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  /** Units that were dropped, by track; see the status. */
  readonly damagedUnits: Readonly<Record<"video" | "audio", number>>;
  readonly ignoredUnits: Readonly<Record<"video" | "audio", number>>;
  /** Between the last two key frames, or since the last one if that is longer, by the input's clock; null until known. */
  readonly keyIntervalMs: number | null;
}

/**
 * The stream's current picture. `takenMs`: when its key frame arrived, in milliseconds since 1970. `too-old`: there has been no
 * key frame for so long that it no longer shows the present. `not-yet`: before the first key frame. `none`: an audio-only stream.
 */
export type Still =
  | { readonly kind: "jpeg"; readonly bytes: Uint8Array; readonly takenMs: number }
  | { readonly kind: "too-old"; readonly takenMs: number }
  | { readonly kind: "not-yet" }
  | { readonly kind: "none" };

/** The last seconds of a stream. `none`: nothing is kept of it. `not-yet`: before the first key frame. */
export type Clip =
  | { readonly kind: "flv"; readonly file: ClipFile }
  | { readonly kind: "not-yet" }
  | { readonly kind: "none" };

/** A stream that runs on demand, for those who come while it does not. */
export interface Standby {
  /** A request waits for the first key frame at most so long. */
  readonly keyWaitMs: number;
  /** As many watch or wait as may. */
  readonly isFull: boolean;
  /** Why it could not be started a moment ago, and when it can be tried again; null where it can be started, or runs. */
  readonly failure: { readonly reason: string; readonly retryMs: number } | null;
  /** Why it could not be started so far, though it is still tried; null where nothing has failed. */
  readonly reason: string | null;
  /** Wants it until the returned function is called. `onOver` is called once: it can be watched, or will not be for now. */
  hold(onOver: () => void): () => void;
}

/** A stream as others see and control it: the server, signals, other processes. */
export interface StreamHandle {
  readonly name: string;
  /** null where it runs whether anybody watches or not. */
  readonly standby: Standby | null;
  status(): StreamStatus;
  totals(): MediaTotals;
  /** @throws UserError if it cannot be decoded */
  still(): Promise<Still>;
  /** A URL of this stream with its token, for this user only; the URL itself if no token is needed. */
  withToken(url: string): string;
  /** Where it is published, with its key; null where its input is another, or its port is not open yet. */
  publishAt(): PublishAddress | null;
  /** What is recorded of it; null where it is not recorded. */
  readonly recordings: StreamRecordings | null;
  /** The last so many milliseconds as a whole file, from the key frame at or before. */
  clip(lastMs: number): Clip;
  /** Restarts its processes without disconnecting viewers; does nothing before it is on the air. @throws UserError */
  restart(): Promise<void>;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}
