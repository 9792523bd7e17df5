import { isIP } from "node:net";
import type { Refused } from "./request.ts";

/** What is not let in is told in one line why, and what to do. */
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

export const malformedHost = refusal(400, "the Host header is no host");

export const malformedForwarded = refusal(
  400,
  "the proxy's X-Forwarded or Forwarded headers cannot be understood, or contradict each other",
);

/** Anybody can write such a header; and whoever comes through a proxy on this machine would seem to be on it. */
export function untrustedProxy(header: string, peer: string): Refused {
  return refusal(
    403,
    `${header} is the header of a proxy, and ${peer} is none that is trusted here: start with --trusted-proxy ${peer}, or with a --token`,
  );
}

export function unknownHost(name: string): Refused {
  if (isIP(name) !== 0)
    return refusal(
      403,
      `${name} only stands for an address of this server: ask for localhost, or for the address`,
    );
  return refusal(
    403,
    `${name} is no name of this server: ask for its IP address or localhost, or start it with --public-host ${name}`,
  );
}

export function foreignOrigin(origin: string | null): Refused {
  return origin === null
    ? refusal(403, "pages of other sites are not let in: to let in one, start with --cors and its origin")
    : refusal(403, `pages of ${origin} are not let in: to let them in, start with --cors ${origin}`);
}

export const noToken = refusal(
  401,
  "a token is needed: give it as ?token=, as Authorization: Bearer, or as the password with any user name",
  challenge,
);

export const noTokenInHeader = refusal(
  401,
  "a token is needed in a header here, and none in the URL counts: give it as Authorization: Bearer",
  challenge,
);

export const wrongToken = refusal(401, "this is not the token: flvcast url prints it", challenge);

/** Open to watch is not open to all. */
export const noChangeWithoutToken = refusal(
  403,
  "without a token only this machine may change anything, or see who watches: start with --token",
);

export function tooManyFailures(waitMs: number): Refused {
  const seconds = Math.ceil(waitMs / 1000);
  return refusal(429, `too many wrong tokens from this address: try again in ${seconds} s`, {
    "Retry-After": String(seconds),
  });
}
