import { firstLine, requestHeaders, retryAfterMsOf } from "../api.ts";
import type { Site } from "../site.ts";
import { type RecordedSegment, type Recordings, readRecordings, type Span } from "./segments.ts";

/** What the server says, or why it says nothing. */
export type RecordingsAnswer =
  | ({ readonly kind: "recordings" } & Recordings)
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly why: string;
      /** 0: it does not say that another try may help. */
      readonly retryAfterMs: number;
    }
  | { readonly kind: "unreachable" };

export type DoneAnswer = { readonly kind: "done" } | Exclude<RecordingsAnswer, { kind: "recordings" }>;

export type FileType = "mp4" | "flv";

const TIMEOUT_MS = 10_000;
/** An MP4 file is made while the client waits, or is told to ask again. */
const FILE_TIMEOUT_MS = 60_000;
const MAX_FILE_TRIES = 30;
const RETRY_AFTER_MS = 10_000;

export class RecordingsApi {
  readonly #site: Site;
  readonly #name: string;

  constructor(site: Site, name: string) {
    this.#site = site;
    this.#name = name;
  }

  /** The segments of a span; all of them without one. */
  async list(span: Span | null): Promise<RecordingsAnswer> {
    const url = this.#apiUrl("");
    if (span !== null) {
      url.searchParams.set("from", String(Math.round(span.startMs)));
      url.searchParams.set("to", String(Math.round(span.endMs)));
    }
    try {
      const response = await this.#ask(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) return await refusalOf(response);
      const recordings = readRecordings(await response.json());
      return recordings === null ? { kind: "unreachable" } : { kind: "recordings", ...recordings };
    } catch {
      return { kind: "unreachable" };
    }
  }

  /** Takes a segment out of retention, or gives it back. */
  async keep({ id }: RecordedSegment, isKept: boolean): Promise<DoneAnswer> {
    const method = isKept ? "POST" : "DELETE";
    return this.#do(this.#apiUrl(`/${encodeURIComponent(id)}/keep`), { method, timeoutMs: TIMEOUT_MS });
  }

  /**
   * Whether a file can be had: a browser says neither of a video nor of a download why it was refused. It is made for this, where
   * it is one that has to be made; a HEAD would have the server make none.
   */
  async probe(url: URL): Promise<DoneAnswer> {
    const bare = new URL(url);
    bare.searchParams.delete("token"); // it is in the header
    return this.#do(bare, { method: "GET", range: "bytes=0-0", timeoutMs: FILE_TIMEOUT_MS });
  }

  /** Waits until a file is made. */
  async prepare(url: URL): Promise<DoneAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.probe(url);
      const isSoon = answer.kind === "refused" && answer.status === 503 && answer.retryAfterMs > 0;
      if (!isSoon || tries === MAX_FILE_TRIES) return answer;
      await new Promise((resolve) => setTimeout(resolve, Math.min(answer.retryAfterMs, RETRY_AFTER_MS)));
    }
  }

  /** With the token in it, as a video and a download send no header of ours. */
  segmentUrl({ id }: RecordedSegment, type: FileType): URL {
    return this.#fileUrl(`${encodeURIComponent(id)}.${type}`);
  }

  /** One file over segments. */
  clipUrl({ startMs, endMs }: Span, type: FileType): URL {
    const url = this.#fileUrl(`play.${type}`);
    url.searchParams.set("from", String(Math.round(startMs)));
    url.searchParams.set("to", String(Math.round(endMs)));
    return url;
  }

  #apiUrl(path: string): URL {
    const streams = `api/v1/streams/${encodeURIComponent(this.#name)}`;
    return new URL(`${streams}/recordings${path}`, this.#site.address.base);
  }

  #fileUrl(file: string): URL {
    const url = new URL(`recordings/${encodeURIComponent(this.#name)}/${file}`, this.#site.address.base);
    const { token } = this.#site;
    if (token !== null) url.searchParams.set("token", token);
    return url;
  }

  async #do(url: URL, { method, range, timeoutMs }: Asked): Promise<DoneAnswer> {
    try {
      const response = await this.#ask(url, { method, signal: AbortSignal.timeout(timeoutMs) }, range);
      if (!response.ok) return await refusalOf(response);
      await response.body?.cancel(); // it may be the whole of it
      return { kind: "done" };
    } catch {
      return { kind: "unreachable" };
    }
  }

  #ask(url: URL, init: RequestInit, range?: string): Promise<Response> {
    const headers = { ...requestHeaders(this.#site.token), ...(range === undefined ? {} : { Range: range }) };
    return fetch(url, { ...init, headers, cache: "no-store" });
  }
}

interface Asked {
  readonly method: string;
  readonly range?: string;
  readonly timeoutMs: number;
}

async function refusalOf(response: Response): Promise<DoneAnswer & { kind: "refused" }> {
  const why = await firstLine(response);
  return { kind: "refused", status: response.status, why, retryAfterMs: retryAfterMsOf(response) };
}
