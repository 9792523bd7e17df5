import { textAnswer } from "./text-answer.ts";

/** A response with a status and one line of text that says why. */
export function refusal(
  status: number,
  why: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return textAnswer(`${why}\n`, headers, status);
}

/** Not now, and why. */
export function refusalForNow(
  status: 429 | 503,
  why: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return refusal(status, `${why}: try again in a second`, { ...headers, "Retry-After": "1" });
}
