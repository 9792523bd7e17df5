import { createHash, randomBytes } from "node:crypto";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface DigestRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
}

/**
 * The `Authorization` that answers a `WWW-Authenticate: Digest …` (RFC 7616), as most IP cameras want it; null where the challenge is
 * none that can be answered. Every request has a nonce of its own, so that the count stays 1.
 */
export function digestAuthorization(
  challenge: string,
  { user, password }: Credentials,
  { method, uri }: DigestRequest,
  cnonce = randomBytes(8).toString("hex"),
): string | null {
  const digest = /\bDigest\s+(.*)/is.exec(challenge)?.[1];
  if (digest === undefined) return null;
  const { realm = "", nonce = "", opaque, algorithm = "MD5", qop } = parametersOf(digest);
  const [, name, session] = /^(MD5|SHA-256)(-sess)?$/i.exec(algorithm) ?? [];
  if (name === undefined) return null;
  const hash = (...parts: readonly string[]) =>
    createHash(name.replace("-", "").toLowerCase()).update(parts.join(":")).digest("hex");
  const secret = hash(user, realm, password);
  const sessionSecret = session === undefined ? secret : hash(secret, nonce, cnonce);
  const count = "00000001";
  const hasQop = qop?.split(",").some((one) => one.trim() === "auth") ?? false;
  if (qop !== undefined && !hasQop) return null; // auth-int covers a body
  const response = hash(sessionSecret, nonce, ...(hasQop ? [count, cnonce, "auth"] : []), hash(method, uri));
  const quoted = { username: user, realm, nonce, uri, response, ...(opaque === undefined ? {} : { opaque }) };
  return [
    `Digest ${Object.entries(quoted)
      .map(([key, value]) => `${key}="${value.replace(/["\\]/g, "\\$&")}"`)
      .join(", ")}`,
    `algorithm=${algorithm}`,
    ...(hasQop ? ["qop=auth", `nc=${count}`] : []),
    ...(hasQop || session !== undefined ? [`cnonce="${cnonce}"`] : []),
  ].join(", ");
}

/** `realm="a", qop="auth,auth-int", algorithm=MD5`; names in lower case. */
function parametersOf(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi);
  const parameters = [...found].map(
    ([, name = "", quoted, plain]) =>
      [name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? ""] as const,
  );
  return Object.fromEntries(parameters.toReversed()); // what comes twice is of another challenge behind this one
}
