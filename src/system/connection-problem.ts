const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host not found",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "no response",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is from an unknown authority",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not use TLS on this port",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the server does not use TLS on this port",
};

/** Of node, with the code of a reset. */
const CLOSED_BEFORE_TLS = "Client network socket disconnected before secure TLS connection";

export function problemOf({ code = "", message }: NodeJS.ErrnoException): string {
  if (message.startsWith(CLOSED_BEFORE_TLS)) return "the server closed the connection instead of using TLS";
  return problems[code] ?? (message || code); // of several addresses that all fail, the message is empty
}
