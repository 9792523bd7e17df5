import { ChunkReader } from "./chunk-reader.ts";
import { inBytes, Judge } from "./faults.ts";
import { headerOf, parseHead, type ResponseHead } from "./http-head.ts";
import type { HttpFigures } from "./report.ts";

const MAX_HEAD_BYTES = 64 * 1024;
/** Answers of 1xx; servers send one or two. */
const MAX_INTERIM_ANSWERS = 32;

/** Statuses that have a Location to follow (RFC 9110, 15.4). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Reads an HTTP/1 answer, cut anywhere and however broken: head, framing, and the body without it. */
export class ResponseReader extends Judge {
  #held = "";
  #head: ResponseHead | null = null;
  #interimAnswers = 0;
  #state: "head" | "body" | "over" | "broken" = "head";
  #framing: HttpFigures["framing"] = null;
  #chunks: ChunkReader | null = null;
  #leftBytes = 0;

  get head(): ResponseHead | null {
    return this.#head;
  }

  get framing(): HttpFigures["framing"] {
    return this.#framing;
  }

  get state(): "open" | "over" | "broken" {
    return this.#state === "over" || this.#state === "broken" ? this.#state : "open";
  }

  get isRedirect(): boolean {
    return this.#head !== null && REDIRECTS.has(this.#head.status);
  }

  /** What the chunk brings of the body. */
  push(chunk: Buffer): readonly Buffer[] {
    switch (this.#state) {
      case "head":
        return this.#readHead(chunk);
      case "body":
        return this.#readBody(chunk);
      case "over":
        this.#reportRest(chunk);
        return [];
      case "broken":
        return [];
    }
  }

  close(): void {
    if (this.#state === "head")
      this.report("http-no-response", `the connection closed after ${this.#held.length} bytes`);
    if (this.#state === "body" && this.#framing === "content-length")
      this.report("http-content-length-short", `${this.#leftBytes} bytes missing`);
    if (this.#state === "body" || this.#state === "over") this.#chunks?.close();
    if (this.#state !== "broken") this.#state = "over";
  }

  /** Nothing more is read, for whatever reason. */
  end(): void {
    this.#chunks?.end();
  }

  /** Searches only what is new, however small the pieces are. */
  #readHead(chunk: Buffer): readonly Buffer[] {
    const searchedTo = Math.max(0, this.#held.length - 3);
    this.#held += chunk.toString("latin1");
    if (!"HTTP/".startsWith(this.#held.slice(0, 5))) return this.#refuse();
    const end = /\r?\n\r?\n/.exec(this.#held.slice(searchedTo));
    const endsAt = end === null ? this.#held.length : searchedTo + end.index;
    if (endsAt > MAX_HEAD_BYTES) return this.#refuseSize(endsAt);
    if (end === null) return [];
    const rest = chunk.subarray(chunk.length - (this.#held.length - endsAt - end[0].length));
    const head = parseHead(this.#held.slice(0, endsAt).trimEnd(), this.faults);
    this.#held = "";
    return head === null ? this.#break() : this.#begin(head, rest);
  }

  /** Reports what else came. */
  #refuse(): readonly Buffer[] {
    parseHead(this.#held.split("\n", 1).join(""), this.faults);
    return this.#break();
  }

  #refuseSize(bytes: number): readonly Buffer[] {
    this.report("http-head-too-large", `${bytes} bytes without an end`);
    return this.#break();
  }

  #break(): readonly Buffer[] {
    this.#state = "broken";
    return [];
  }

  #begin(head: ResponseHead, rest: Buffer): readonly Buffer[] {
    if (head.status < 200 && head.status !== 101) return this.#passInterim(rest);
    this.#head = head;
    this.#state = "body";
    this.#chooseFraming(head);
    return rest.length === 0 ? [] : this.push(rest);
  }

  /** RFC 9110, 15.2: several of them may come before the answer; how many is bounded. */
  #passInterim(rest: Buffer): readonly Buffer[] {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= MAX_INTERIM_ANSWERS) return rest.length === 0 ? [] : this.#readHead(rest);
    this.faults.report(
      "http-no-response",
      `${this.#interimAnswers} interim responses (1xx) and no final one`,
    );
    return this.#break();
  }

  /** RFC 9112, 6.3 */
  #chooseFraming(head: ResponseHead): void {
    const encoding = headerOf(head, "transfer-encoding")?.toLowerCase() ?? null;
    const length = headerOf(head, "content-length");
    if (encoding !== null && length !== null)
      this.report(
        "http-two-lengths",
        `Transfer-Encoding, and Content-Length ${this.faults.said(length, 20)}`,
      );
    if (encoding !== null && encoding !== "chunked")
      this.report("http-transfer-encoding", this.faults.said(encoding));
    if (encoding?.endsWith("chunked")) this.#beginChunks(head);
    else if (encoding === null && length !== null) this.#beginLength(length);
    else this.#framing = "close";
  }

  #beginChunks({ version }: ResponseHead): void {
    if (version === "1.0") this.report("http-chunked-in-1.0", "HTTP/1.0");
    this.#framing = "chunked";
    this.#chunks = new ChunkReader(this.faults);
  }

  #beginLength(length: string): void {
    this.#framing = /^\d{1,15}$/.test(length) ? "content-length" : "close";
    if (this.#framing === "close") this.report("http-content-length-malformed", this.faults.quoted(length));
    else this.#leftBytes = Number(length);
    if (this.#framing === "content-length" && this.#leftBytes === 0) this.#state = "over";
  }

  #readBody(chunk: Buffer): readonly Buffer[] {
    if (this.#chunks !== null) {
      const { body, readBytes } = this.#chunks.push(chunk);
      if (this.#chunks.state !== "open") this.#state = this.#chunks.state;
      if (this.#chunks.state === "over") this.#reportRest(chunk.subarray(readBytes));
      return body;
    }
    if (this.#framing === "close") return [chunk];
    const piece = chunk.subarray(0, this.#leftBytes);
    this.#leftBytes -= piece.length;
    if (this.#leftBytes === 0) this.#state = "over";
    this.#reportRest(chunk.subarray(piece.length));
    return [piece];
  }

  #reportRest(rest: Buffer): void {
    if (rest.length > 0) this.report("bytes-after-end", `${rest.length} bytes`, null, inBytes(rest.length));
  }
}
