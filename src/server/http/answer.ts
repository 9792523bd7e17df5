export type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Pieces are asked for one at a time, as the client takes them; where they fail, so does the connection. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null;
}

/** At once, or as soon as it is known. */
export type Answered = Answer | Promise<Answer>;

/** Stands for an answer that a stream's own bytes have begun. */
export const streamed: Answer = emptyAnswer(200, {});

export function emptyAnswer(status: number, headers: Headers): Answer {
  return { status, headers, body: null };
}

export function refusal(status: number, why: string, headers: Headers = {}): Answer {
  return textAnswer(`${why}\n`, headers, status);
}

/** Not now, and why; perhaps after a pause. */
export function refusalForNow(status: 429 | 503, why: string, headers: Headers = {}, retryMs = 1000): Answer {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  const when = seconds === 1 ? "a second" : `${seconds} seconds`;
  return refusal(status, `${why}; try again in ${when}`, { ...headers, "Retry-After": String(seconds) });
}

/** An answer whose body is whole, and holds for now only. */
export function textAnswer(body: string, headers: Headers, status = 200): Answer {
  return {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(body)),
      "Cache-Control": "no-store",
      ...headers,
    },
    body,
  };
}

/** The same headers, and what else the answer depends on. */
export function varyBy(headers: Headers, names: string): Headers {
  const others = headers["Vary"];
  return { ...headers, Vary: others === undefined ? names : `${names}, ${others}` };
}
