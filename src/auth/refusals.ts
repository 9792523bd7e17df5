import { isIP } from "node:net";
import type { Refused } from "./request.ts";

/** A refused request gets one line that says why, and what to do. */
function refusal(
  status: Refused["status"],
  why: string,
  headers: Readonly<Record<string, string>> = {},
): Refused {
  return { kind: "refused", status, why, headers };
}

/** Basic first: some clients look at the first alone, and it is the one that people can answer. */
const challenge = { "WWW-Authenticate": 'Basic realm="flvcast", Bearer realm="flvcast"' };

/**
 * The same without Basic, for a page's own scripts: at the sight of it a browser asks for a password itself, in a window
 * that says nothing of a token.
 */
export function withoutPrompt(refused: Refused): Refused {
  return refused.status === 401
    ? { ...refused, headers: { ...refused.headers, "WWW-Authenticate": 'Bearer realm="flvcast"' } }
    : refused;
}

export const malformedHost = refusal(400, "invalid Host header");

export const malformedForwarded = refusal(
  400,
  "invalid or contradictory X-Forwarded-* or Forwarded headers from the proxy",
);

/** Anybody can write such a header; and clients of a proxy on this machine would seem to be on it. */
export function untrustedProxy(header: string, peer: string): Refused {
  return refusal(
    403,
    `untrusted proxy: ${peer} sent ${header}; start with --trusted-proxy ${peer} or a --token`,
  );
}

export function unknownHost(name: string): Refused {
  if (isIP(name) !== 0)
    return refusal(403, `${name} is not an address to ask for: use localhost or the real address`);
  return refusal(
    403,
    `unknown host name ${name}: use the IP address or localhost, or add it with --public-host ${name}`,
  );
}

export function foreignOrigin(origin: string | null): Refused {
  return origin === null
    ? refusal(403, "cross-origin request refused; allow the origin with --cors")
    : refusal(403, `cross-origin request refused; allow it with --cors ${origin}`);
}

export const noToken = refusal(
  401,
  "token required (?token=, Authorization: Bearer, or as the password); flvcast url prints it on the machine that streams",
  challenge,
);

export const noTokenInHeader = refusal(
  401,
  "token required in a header, not in the URL (Authorization: Bearer, or as the password)",
  challenge,
);

export const wrongToken = refusal(
  401,
  "wrong token; flvcast url prints it on the machine that streams",
  challenge,
);

/** Open to watch is not open to all. */
export const noChangeWithoutToken = refusal(
  403,
  "refused: without a token, only this machine may do this; start with --token",
);

export function tooManyFailures(waitMs: number): Refused {
  const seconds = Math.ceil(waitMs / 1000);
  return refusal(429, `too many wrong tokens from this address; try again in ${seconds} s`, {
    "Retry-After": String(seconds),
  });
}
