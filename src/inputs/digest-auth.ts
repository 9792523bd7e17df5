import { createHash, randomBytes } from "node:crypto";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface DigestRequest {
  readonly method: string;
  readonly uri: string;
}

/**
 * The `Authorization` that answers the first Digest challenge of a `WWW-Authenticate` that can be answered (RFC 7616), as most IP
 * cameras want it; null where there is none. Every request has a nonce of its own, so that the count stays 1.
 * @param challenges as node has a header: each byte is a character, and several headers are one
 */
export function digestAuthorization(
  challenges: string,
  credentials: Credentials,
  request: DigestRequest,
  cnonce = randomBytes(8).toString("hex"),
): string | null {
  for (const { scheme, parameters } of challengesOf(challenges)) {
    const answer = scheme === "digest" ? answerTo(parameters, credentials, request, cnonce) : null;
    if (answer !== null) return answer;
  }
  return null;
}

interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function answerTo(
  parameters: Challenge["parameters"],
  credentials: Credentials,
  { method, uri }: DigestRequest,
  cnonce: string,
): string | null {
  const [realm = "", nonce, opaque, qop] = ["realm", "nonce", "opaque", "qop"].map((name) =>
    parameters.get(name),
  );
  const algorithm = parameters.get("algorithm") ?? "MD5";
  const [, name, session] = /^(MD5|SHA-256)(-sess)?$/i.exec(algorithm) ?? [];
  if (name === undefined || nonce === undefined) return null;
  const hasQop = qop?.split(",").some((one) => one.trim() === "auth") ?? false;
  if (qop !== undefined && !hasQop) return null; // auth-int covers a body
  const hash = (...parts: readonly string[]) =>
    createHash(name.replace("-", "").toLowerCase()).update(parts.join(":"), "latin1").digest("hex");
  const username = utf8(credentials.user);
  const secret = hash(username, realm, utf8(credentials.password));
  const sessionSecret = session === undefined ? secret : hash(secret, nonce, cnonce);
  const count = "00000001";
  const response = hash(sessionSecret, nonce, ...(hasQop ? [count, cnonce, "auth"] : []), hash(method, uri));
  const quoted = { username, realm, nonce, uri, response, ...(opaque === undefined ? {} : { opaque }) };
  return [
    `Digest ${Object.entries(quoted)
      .map(([key, value]) => `${key}="${value.replace(/["\\]/g, "\\$&")}"`)
      .join(", ")}`,
    `algorithm=${algorithm}`,
    ...(hasQop ? ["qop=auth", `nc=${count}`] : []),
    ...(hasQop || session !== undefined ? [`cnonce="${cnonce}"`] : []),
  ].join(", ");
}

/** A text's bytes, each as a character, as node writes a header. */
const utf8 = (text: string) => Buffer.from(text).toString("latin1");

/** What follows where the last match ended, so that no text is looked at twice: `name="a"`, `name=a`, or a scheme's name. */
const PART = /[\s,]*([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/gy;

/** `Basic realm="a", Digest realm="b", qop="auth,auth-int"`; all names in lower case. What is no challenge ends them. */
export function challengesOf(text: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const [, name = "", quoted, plain] of text.matchAll(PART)) {
    const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}
