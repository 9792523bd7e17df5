import { Judge } from "./faults.ts";

/** A size's line with its extensions, and the trailers: more is no chunked body. */
const MAX_LINE_BYTES = 16 * 1024;
const LF = 0x0a;
/** Below this on average, chunks are tiny; of so many. */
const TINY_BYTES = 32;
const ENOUGH_CHUNKS = 50;

/** Takes a chunked body apart (RFC 9112, 7.1), cut anywhere. */
export class ChunkReader extends Judge {
  #reads: "size" | "data" | "data-end" | "trailers" | "over" | "broken" = "size";
  #line = "";
  #leftBytes = 0;
  #chunks = 0;
  #bytes = 0;

  get state(): "open" | "over" | "broken" {
    return this.#reads === "over" || this.#reads === "broken" ? this.#reads : "open";
  }

  /** What the chunk of the network brings of the body; and how much of it was read, up to the end of the body. */
  push(bytes: Buffer): { readonly body: readonly Buffer[]; readonly readBytes: number } {
    const body: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && this.state === "open") {
      if (this.#reads === "data") {
        const piece = bytes.subarray(at, at + this.#leftBytes);
        body.push(piece);
        at += piece.length;
        this.#leftBytes -= piece.length;
        if (this.#leftBytes === 0) this.#reads = "data-end";
      } else {
        at = this.#readToLf(bytes, at);
      }
    }
    return { body, readBytes: at };
  }

  close(): void {
    if (this.state === "open") this.report("chunk-last-missing", "connection closed before it");
  }

  /** Nothing more is read, for whatever reason. */
  end(): void {
    const mean = this.#bytes / this.#chunks;
    if (this.#chunks >= ENOUGH_CHUNKS && mean < TINY_BYTES)
      this.report("chunks-tiny", `${this.#chunks} chunks of ${mean.toFixed(1)} bytes on average`);
  }

  #readToLf(bytes: Buffer, at: number): number {
    const lfAt = bytes.indexOf(LF, at);
    const end = lfAt === -1 ? bytes.length : lfAt + 1;
    this.#line += bytes.toString("latin1", at, end);
    if (this.#reads === "data-end" && !"\r\n".startsWith(this.#line) && this.#line !== "\n") {
      this.#break(
        "chunk-end-missing",
        `${this.faults.quoted(this.#line.slice(0, 8))} where CR LF was expected`,
      );
    } else if (lfAt !== -1) this.#readLine();
    else if (this.#line.length > MAX_LINE_BYTES) this.#break("chunk-size-malformed", "endless line");
    return end;
  }

  #readLine(): void {
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith("\r\n")) this.report("chunk-bare-lf", this.faults.quoted(line));
    if (this.#reads === "data-end") this.#reads = "size";
    else if (this.#reads === "size") this.#readSize(line.trimEnd());
    else if (line.trimEnd() === "") this.#reads = "over";
  }

  #readSize(line: string): void {
    const size = /^([0-9a-f]{1,12})[ \t]*(;.*)?$/i.exec(line)?.[1];
    if (size === undefined) {
      this.#break("chunk-size-malformed", this.faults.quoted(line));
      return;
    }
    this.#leftBytes = Number.parseInt(size, 16);
    this.#reads = this.#leftBytes === 0 ? "trailers" : "data";
    if (this.#leftBytes > 0) this.#chunks += 1;
    this.#bytes += this.#leftBytes;
  }

  #break(id: "chunk-end-missing" | "chunk-size-malformed", detail: string): void {
    // Where a chunk is longer than its size, the rest of it is read as the next size.
    this.report(id, `${detail}, in chunk ${this.#chunks + (id === "chunk-size-malformed" ? 1 : 0)}`);
    this.#reads = "broken";
  }
}
