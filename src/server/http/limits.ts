/** How long and how much a connection may be before it carries a stream. */
export interface ServerLimits {
  /** TLS's handshake, or a request's header, or an HTTP/2 session without a request. */
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
  maxViewers: 5000,
  maxViewersPerAddress: null,
};
