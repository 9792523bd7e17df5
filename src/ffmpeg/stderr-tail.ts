const MAX_LINES = 30;
const MAX_LINE_LENGTH = 1000;

/** Splits a process's stderr into lines and keeps the last thirty, each at most a thousand characters long. */
export class StderrTail {
  readonly #lines: string[] = [];
  readonly #redact: (line: string) => string;
  readonly #onLine: (line: string) => void;
  #open = "";

  /** `redact` is given whole lines: a password may be cut in two by the end of a piece. */
  constructor(redact: (line: string) => string, onLine: (line: string) => void) {
    this.#redact = redact;
    this.#onLine = onLine;
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
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#onLine(line);
  }
}
