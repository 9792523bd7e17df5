const MAX_LINES = 30;
const MAX_LINE_LENGTH = 1000;

/** `[info] ` after the contexts, as `-loglevel level+info` marks what is said at ffmpeg's default level. */
const INFO = /^(?:\[[^\]]* @ (?:0x)?[0-9a-f]+\] )*\[info\] /;

/**
 * Splits a process's stderr into lines and keeps the last thirty, each at most a thousand characters long. Lines that
 * ffmpeg marks as mere information are not kept: at its end they would push the reason out.
 */
export class StderrTail {
  readonly #lines: string[] = [];
  readonly #redact: (line: string) => string;
  readonly #onLine: (line: string) => void;
  readonly #onInfo: (line: string) => void;
  #open = "";

  /** `redact` is given whole lines: a password may be cut in two by the end of a piece. */
  constructor(
    redact: (line: string) => string,
    onLine: (line: string) => void,
    onInfo: (line: string) => void = () => undefined,
  ) {
    this.#redact = redact;
    this.#onLine = onLine;
    this.#onInfo = onInfo;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  push(text: string): void {
    const parts = (this.#open + text).split(/[\r\n]+/);
    this.#open = (parts.pop() ?? "").slice(0, MAX_LINE_LENGTH);
    for (const part of parts) this.#keep(part);
  }

  end(): void {
    this.#keep(this.#open);
    this.#open = "";
  }

  #keep(text: string): void {
    const line = this.#redact(text.trim().slice(0, MAX_LINE_LENGTH));
    if (line === "") return;
    if (INFO.test(line)) {
      this.#onInfo(line);
      return;
    }
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#onLine(line);
  }
}
