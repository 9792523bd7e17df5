/** More is a program that should write into a file. */
const MAX_LINES = 100;
const MAX_LINE_LENGTH = 1000;

/** The lines of a program's output as they come, as many and as much of each as fits a log. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #open = "";
  #lines = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const parts = (this.#open + text).split(/[\r\n]+/);
    this.#open = (parts.pop() ?? "").slice(0, MAX_LINE_LENGTH);
    for (const part of parts) this.#hear(part);
  }

  end(): void {
    this.#hear(this.#open);
    this.#open = "";
  }

  #hear(part: string): void {
    const line = part.trim().slice(0, MAX_LINE_LENGTH);
    if (line === "" || this.#lines === MAX_LINES) return;
    this.#lines += 1;
    this.#onLine(line);
  }
}
