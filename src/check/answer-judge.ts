import { inMs, Judge } from "./faults.ts";
import { judgeHead, judgeStatus } from "./head-judge.ts";
import { headerOf, type ResponseHead } from "./http-head.ts";
import type { HttpFigures, StreamFigures } from "./report.ts";
import { ResponseReader } from "./response-reader.ts";
import { StreamJudge } from "./stream-judge.ts";

const LATE_MS = 3000;

/** Judges an HTTP answer and the stream in it. Times are milliseconds since the request was begun. */
export class AnswerJudge extends Judge {
  readonly #reader = new ResponseReader(this.faults);
  readonly #stream = new StreamJudge(this.faults);
  #headMs: number | null = null;

  get head(): ResponseHead | null {
    return this.#reader.head;
  }

  /** Whether it is to be asked for elsewhere. */
  get isRedirect(): boolean {
    return this.#reader.isRedirect;
  }

  get isOpen(): boolean {
    return this.#reader.state === "open";
  }

  push(chunk: Buffer, nowMs: number): void {
    const body = this.#reader.push(chunk);
    const { head } = this.#reader;
    if (head !== null) this.#headMs ??= nowMs;
    if (head?.status === 200) for (const piece of body) this.#stream.push(piece, nowMs);
  }

  close(): void {
    this.#reader.close();
  }

  end(nowMs: number): StreamFigures | null {
    const { head, isRedirect, framing, state } = this.#reader;
    this.#reader.end();
    if (head === null || isRedirect || !judgeStatus(head, this.faults)) return null;
    const isWhole = state === "over";
    const stream = this.#stream.end({ isWhole, atMs: isWhole ? null : nowMs });
    judgeHead(head, { isLive: stream.isLive, framing }, this.faults);
    this.#judgeFirstFrame();
    return stream;
  }

  figures(): Pick<HttpFigures, "status" | "contentType" | "server" | "framing" | "headMs" | "firstFrameMs"> {
    const { head, framing } = this.#reader;
    const { firstFrameMs } = this.#stream;
    return {
      status: head?.status ?? null,
      contentType: this.#said("content-type"),
      server: this.#said("server"),
      framing,
      headMs: this.#headMs === null ? null : Math.round(this.#headMs),
      firstFrameMs: firstFrameMs === null ? null : Math.round(firstFrameMs),
    };
  }

  #said(header: string): string | null {
    const text = this.head === null ? null : headerOf(this.head, header);
    return text === null ? null : this.faults.said(text, 80);
  }

  #judgeFirstFrame(): void {
    const { firstFrameMs } = this.#stream;
    if (firstFrameMs === null || firstFrameMs <= LATE_MS) return;
    const measure = inMs(Math.round(firstFrameMs));
    this.report("first-frame-late", `${measure.value} ms`, null, measure);
  }
}
