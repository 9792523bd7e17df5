import { readFileSync } from "node:fs";
import { defaultHubLimits } from "../../outputs/live/limits.ts";

/** How long and how much a connection may be before it carries a stream. */
export interface ServerLimits {
  /** TLS's handshake, or a request's header. */
  readonly headTimeoutMs: number;
  /** A connection that takes nothing of a response that is no stream. */
  readonly idleTimeoutMs: number;
  /** Connections without a stream, in all and of one network. */
  readonly maxIdle: number;
  readonly maxIdlePerNetwork: number;
  readonly maxViewers: number;
  /** null: no limit. */
  readonly maxViewersPerAddress: number | null;
}

export const defaultServerLimits: ServerLimits = {
  headTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  maxIdle: 1024,
  maxIdlePerNetwork: 64,
  maxViewers: defaultHubLimits.maxViewers,
  maxViewersPerAddress: null,
};

/** Left for what is no viewer's: ffmpeg restarted, files, the control socket. */
const RESERVE = 64;

/**
 * How many connections this process can hold by its limit of open files; no limit where the system does not tell.
 * @param limits as proc(5) has them in /proc/PID/limits
 */
export function maxConnections(limits = ownLimits()): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  const limit = Number(soft ?? Number.NaN);
  return limit > 0 ? Math.max(limit - RESERVE, Math.floor(limit / 2)) : Number.POSITIVE_INFINITY;
}

function ownLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "latin1");
  } catch {
    return "";
  }
}
