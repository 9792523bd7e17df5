/** How a channel is doing: what `flvcast status` shows, systemd is told and the API will give. */
export interface StreamStatus {
  readonly name: string;
  readonly state: StreamState;
  /** When that state began, by Date.now(). */
  readonly sinceMs: number;
  /** When the process began. */
  readonly startedMs: number;
  readonly pid: number;
  /** The viewer URL; null until the port is bound. */
  readonly url: string | null;
  /** As the user named it, passwords hidden. */
  readonly device: string;
  readonly inputs: readonly InputStatus[];
  /** null where nothing is encoded, or it is not yet known. */
  readonly encoder: { readonly name: string; readonly why: string } | null;
  /** RFC 6381: `avc1.640020`, `mp4a.40.2`; empty before the first picture or sound. */
  readonly codecs: readonly string[];
  /** `1280x720`; null without video, or before the first picture. */
  readonly size: string | null;
  /** Pictures a second as they came in the last seconds; null where none did. */
  readonly fps: number | null;
  /** Of picture and sound together, as they went out in the last seconds. */
  readonly bitrateKbps: number | null;
  /** How often a process was started again since the first key frame. */
  readonly restarts: number;
  readonly viewers: number;
  /** The last thing that went wrong, in the line that the log had; null where nothing did. */
  readonly lastError: string | null;
}

/**
 * `starting`: nothing can be watched yet. `waiting`: nothing can be watched, and a device is waited for (`--wait`).
 * `on-air`: all inputs send. `degraded`: it can be watched, and an input is gone. `ended`: over.
 */
export type StreamState = "starting" | "waiting" | "on-air" | "degraded" | "ended";

export interface InputStatus {
  readonly label: string;
  /** `running`: it sends. `starting`: its process runs and has sent nothing yet. `waiting`: until `retryAtMs`. */
  readonly state: "starting" | "running" | "waiting" | "ended";
  readonly restarts: number;
  /** How often it sent nothing for too long, and was ended for that. */
  readonly stalls: number;
  readonly lastError: string | null;
  /** When it is tried again, by Date.now(). */
  readonly retryAtMs: number | null;
  /** When it last sent a frame, by Date.now(). */
  readonly lastFrameMs: number | null;
}

/** What has come since a channel began: numbers that only grow, and the last key interval. */
export interface MediaTotals {
  readonly videoFrames: number;
  readonly keyFrames: number;
  readonly audioFrames: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  /** Between the last two key frames, by the input's clock; null before the second. */
  readonly keyIntervalMs: number | null;
}

/** The stream's picture as it is now. `not-yet`: before the first key picture. `none`: a stream of sound alone. */
export type Still =
  | { readonly kind: "jpeg"; readonly bytes: Uint8Array }
  | { readonly kind: "not-yet" }
  | { readonly kind: "none" };
