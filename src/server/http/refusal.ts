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

/** An answer whose body is whole, and holds for now only. */
export function textAnswer(body: string, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(body)),
      "Cache-Control": "no-store",
      ...headers,
    },
  });
}
