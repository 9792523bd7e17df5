import type { Finding } from "./finding.ts";

/** What was looked at, and what came of it: `flvcast check --json` prints it as it is. */
export interface CheckReport {
  /** The URL without its secrets, or the file. */
  readonly target: string;
  readonly verdict: "clean" | "findings";
  /** How long it was looked at. */
  readonly seconds: number;
  readonly http: HttpFigures | null;
  readonly stream: StreamFigures | null;
  readonly findings: readonly Finding[];
}

/** How the answer came; times count from the beginning, in milliseconds. */
export interface HttpFigures {
  readonly url: string;
  readonly redirects: number;
  readonly status: number | null;
  readonly contentType: string | null;
  readonly server: string | null;
  readonly framing: "chunked" | "content-length" | "close" | null;
  readonly connectMs: number | null;
  readonly headMs: number | null;
  readonly firstFrameMs: number | null;
}

export interface StreamFigures {
  readonly bytes: number;
  readonly tags: number;
  /** Media time from the first to the last frame. */
  readonly durationMs: number;
  readonly isLive: boolean;
  readonly burstMs: number | null;
  readonly speed: number | null;
  readonly encoder: string | null;
  readonly video: VideoFigures | null;
  readonly audio: AudioFigures | null;
}

export interface VideoFigures {
  readonly codec: string | null;
  readonly size: string | null;
  readonly frames: number;
  readonly fps: number | null;
  readonly bitrateKbps: number | null;
  readonly longestGopMs: number | null;
}

export interface AudioFigures {
  readonly codec: string | null;
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly frames: number;
  readonly bitrateKbps: number | null;
}

/** Notes are worth knowing, and no reason to fail. */
export function verdictOf(findings: readonly Finding[]): CheckReport["verdict"] {
  return findings.some(({ severity }) => severity !== "note") ? "findings" : "clean";
}
