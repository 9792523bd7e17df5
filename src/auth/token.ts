import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What stands in a URL, a header and a file as it is: the unreserved characters of RFC 3986. */
const TOKEN = /^[A-Za-z0-9._~-]*$/;
export const MIN_TOKEN_LENGTH = 16;
export const MAX_TOKEN_LENGTH = 256;

/** 192 bits, 32 characters. */
const MADE_BYTES = 24;

/** What keeps a text from being a token; null where nothing does. */
export function tokenFault(text: string): string | null {
  if (!TOKEN.test(text))
    return "has characters that a URL does not take as they are: give A-Z a-z 0-9 - . _ ~";
  if (text.length < MIN_TOKEN_LENGTH) return `is too short: give ${MIN_TOKEN_LENGTH} characters or more`;
  return text.length > MAX_TOKEN_LENGTH ? `is too long: give at most ${MAX_TOKEN_LENGTH} characters` : null;
}

/** One that nobody guesses. */
export function makeToken(): string {
  return randomBytes(MADE_BYTES).toString("base64url");
}

/** Tells whether a text is the token, in a time that says nothing of how much of it is right. */
export function tokenCheck(token: string): (presented: string) => boolean {
  const digest = digestOf(token);
  return (presented) => timingSafeEqual(digest, digestOf(presented));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
