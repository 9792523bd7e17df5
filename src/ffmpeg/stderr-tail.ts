const MAX_LINES = 30;
const MAX_LINE_LENGTH = 1000;
/** What of a line is kept until its end: it is redacted whole, so that no cut leaves a part of a secret. */
const MAX_OPEN_LENGTH = 16_384;

/**
 * `[info] ` after the contexts, as `-loglevel level+info` marks what is said at ffmpeg's default level, or a lower one; and what SVT-AV1
 * says whatever the level.
 */
const INFO = /^(?:\[[^\]]* @ (?:0x)?[0-9a-f]+\] )*\[(?:info|verbose)\] |^Svt\[(?:info|warn)\]/;

/** Where in memory ffmpeg's part happens to be: the same words come from another at each start. */
const ADDRESS = / @ (?:0x)?[0-9a-f]+/g;

/** How ffmpeg itself counts a line that it would say again: libavutil/log.c. */
const REPEATED = /^Last message repeated (\d{1,9}) times$/;

interface Said {
  readonly line: string;
  /** The line as it would be said again. */
  readonly words: string;
  more: number;
}

/**
 * Splits a process's stderr into lines and keeps the last thirty, each at most a thousand characters long; one that is
 * said again and again is kept once, and counted. Lines that ffmpeg marks as mere information are not kept: at its end
 * they would push the reason out.
 */
export class StderrTail {
  readonly #said: Said[] = [];
  readonly #redact: (line: string) => string;
  readonly #onLine: (line: string) => void;
  readonly #onInfo: (line: string) => void;
  #open = "";
  /** What ffmpeg means by "Last message"; null where that was information. */
  #last: Said | null = null;

  /** `redact` is given whole lines: a password may be cut in two by the end of a piece. */
  constructor(
    redact: (line: string) => string,
    onLine: (line: string) => void,
    /** Whole, with what is hidden elsewhere: such lines are read, and never shown. */
    onInfo: (line: string) => void = () => undefined,
  ) {
    this.#redact = redact;
    this.#onLine = onLine;
    this.#onInfo = onInfo;
  }

  get lines(): readonly string[] {
    return this.#said.map(({ line }) => line);
  }

  /** The lines, and how often more they were said in a row. */
  get counted(): readonly string[] {
    return this.#said.map(({ line, more }) => withCount(line, more));
  }

  push(text: string): void {
    const parts = (this.#open + text).split(/[\r\n]+/);
    this.#open = (parts.pop() ?? "").slice(0, MAX_OPEN_LENGTH);
    for (const part of parts) this.#hear(part);
  }

  end(): void {
    this.#hear(this.#open);
    this.#open = "";
  }

  #hear(text: string): void {
    const line = this.#redact(text.trim()).slice(0, MAX_LINE_LENGTH);
    if (line === "") return;
    const repeated = REPEATED.exec(line);
    if (repeated !== null) return this.#repeat(Number(repeated[1]));
    if (INFO.test(line)) {
      this.#last = null;
      this.#onInfo(text.trim());
      return;
    }
    this.#keep(line);
    this.#onLine(line);
  }

  #repeat(times: number): void {
    if (this.#last === null) return;
    this.#last.more += times;
    this.#onLine(withCount(this.#last.line, times));
  }

  #keep(line: string): void {
    const words = line.replace(ADDRESS, "");
    if (this.#last?.words === words) {
      this.#last.more += 1;
      return;
    }
    this.#last = { line, words, more: 0 };
    this.#said.push(this.#last);
    if (this.#said.length > MAX_LINES) this.#said.shift();
  }
}

function withCount(line: string, more: number): string {
  if (more === 0) return line;
  return `${line} (${more === 1 ? "once more" : `${more} times more`})`;
}
