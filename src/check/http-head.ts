import type { Faults } from "./faults.ts";

/** The head of an HTTP/1 answer (RFC 9112, 4 and 5), as far as it can be read. */
export interface ResponseHead {
  /** `1.1` */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** By names in small letters; of several lines of one name, all values in their order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

const STATUS_LINE = /^HTTP\/(1\.\d) (\d{3})(?: (.*))?$/;
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @param text the head, without the empty line at its end; null where it is no HTTP/1 */
export function parseHead(text: string, faults: Faults): ResponseHead | null {
  const [statusLine = "", ...lines] = text.split(/\r?\n/);
  const match = STATUS_LINE.exec(statusLine);
  if (match === null) {
    faults.report("http-malformed", `it starts with ${faults.quoted(statusLine)}`);
    return null;
  }
  const headers = new Map<string, string[]>();
  for (const line of lines) readLine(line, headers, faults);
  const [, version = "", status = "", reason = ""] = match;
  return { version, status: Number(status), reason, headers };
}

function readLine(line: string, headers: Map<string, string[]>, faults: Faults): void {
  const colonAt = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colonAt));
  if (!TOKEN.test(name)) {
    faults.report("http-header-malformed", faults.quoted(name === "" ? line : `${name}:`));
    return;
  }
  const key = name.toLowerCase();
  headers.set(key, [...(headers.get(key) ?? []), line.slice(colonAt + 1).trim()]);
}

/** The only value, or the last of several. */
export function headerOf(head: ResponseHead, name: string): string | null {
  return head.headers.get(name)?.at(-1) ?? null;
}
