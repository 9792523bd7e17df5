/** How long and how much a connection may be before it publishes, and how it is watched afterwards. */
export interface RtmpLimits {
  /** From the connection to `publish`, with TLS's handshake. */
  readonly publishTimeoutMs: number;
  /** What it may send until then. */
  readonly maxBytesBefore: number;
  /** A wrong name or key is answered after this. */
  readonly refusalDelayMs: number;
  /** It has so long to read why it was refused. */
  readonly lingerMs: number;
  readonly pingMs: number;
  /** One that sends not even the answer to a ping for so long is gone. */
  readonly quietMs: number;
  /** What it may leave unread. */
  readonly maxUnreadBytes: number;
  /** Connections that do not publish yet, in all and of one network. */
  readonly maxIdle: number;
  readonly maxIdlePerNetwork: number;
}

export const defaultRtmpLimits: RtmpLimits = {
  publishTimeoutMs: 10_000,
  maxBytesBefore: 64 * 1024,
  refusalDelayMs: 1000,
  lingerMs: 2000,
  pingMs: 30_000,
  quietMs: 75_000,
  maxUnreadBytes: 256 * 1024,
  maxIdle: 50,
  maxIdlePerNetwork: 16,
};
