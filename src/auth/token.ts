import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { MADE_WORDS, MAX_TOKEN_LENGTH, MIN_TOKEN_LENGTH } from "./limits.ts";
import type { AuthRequest, Need } from "./request.ts";
import { words } from "./words.ts";

/** What stands in a URL, a header and a file as it is: the unreserved characters of RFC 3986. */
const TOKEN = /^[A-Za-z0-9._~-]*$/;

/** What keeps a text from being a token; null where nothing does. */
export function tokenFault(text: string): string | null {
  if (!TOKEN.test(text)) return "has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~";
  if (text.length < MIN_TOKEN_LENGTH) return `is too short: use at least ${MIN_TOKEN_LENGTH} characters`;
  return text.length > MAX_TOKEN_LENGTH ? `is too long: use at most ${MAX_TOKEN_LENGTH} characters` : null;
}

/** One that nobody guesses, and that can be read out and typed: `ionic-satin-chomp-grab-tux`. */
export function makeToken(): string {
  return Array.from({ length: MADE_WORDS }, () => words[randomInt(words.length)]).join("-");
}

/** Tells whether a text is the token, in a time that says nothing of how much of it is right. */
export function tokenCheck(token: string): (presented: string) => boolean {
  const digest = digestOf(token);
  return (presented) => timingSafeEqual(digest, digestOf(presented));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The tokens that a request presents: at most one of its query, and one of its header. */
export function presentedTokens(
  { query, headers }: Pick<AuthRequest, "query" | "headers">,
  need: Need,
): readonly string[] {
  const ofHeader = headers.authorization === undefined ? null : tokenOfHeader(headers.authorization);
  const ofQuery = need === "change" ? null : new URLSearchParams(query).get("token");
  return [ofHeader, ofQuery].filter((token) => token !== null).filter((token) => token !== "");
}

/** `Bearer TOKEN` (RFC 6750, 2.1), or Basic's password, under any user's name (RFC 7617, 2). */
function tokenOfHeader(authorization: string): string | null {
  const [, scheme = "", value = ""] = /^([a-z]+) +([^ ]+) *$/i.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return value;
    case "basic": {
      const pair = Buffer.from(value, "base64").toString("utf8");
      return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : null;
    }
    default:
      return null;
  }
}
