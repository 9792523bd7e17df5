/** `waiting`: for the stream, for somebody who watches, or for the next try. */
export type PushState = "connecting" | "up" | "waiting";

export interface PushStatus {
  readonly target: string;
  readonly state: PushState;
  /** By Date.now(). */
  readonly sinceMs: number;
  /** Media that the server has not acknowledged, as of the last look; null where nothing is sent, or that is not known. */
  readonly lagMs: number | null;
  /** How often it fell behind and went on at a later key frame. */
  readonly skips: number;
  readonly reconnects: number;
  readonly sentBytes: number;
  readonly lastError: string | null;
  readonly retryAtMs: number | null;
}
