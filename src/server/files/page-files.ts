import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageFile } from "../../package-file.ts";
import { type Answer, emptyAnswer, type Headers, varyBy } from "../http/answer.ts";

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly body: Uint8Array;
  readonly headers: Headers;
}

const BUILT_PAGE = packageFile("dist/web");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** Nothing but our own files, and media that our own code makes; it may stand in a frame of any other page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:", // recordings; Media Source Extensions
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Cache-Control": "no-cache", // kept, but asked for each time: the next version has the same names
};

/** The page that plays the streams: `/` shows all, `/watch/NAME` one, and below it are its recordings. Read once; small enough to be kept. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #made = new Map<string, PageFile>();

  constructor(folder = BUILT_PAGE) {
    this.#files = readFolder(folder);
  }

  /** The file at a path of a URL; compressed where the client takes that. Null where the page has none. */
  find(path: string, acceptEncoding = ""): PageFile | null {
    const name = nameOf(path);
    const bytes = this.#files.get(name);
    if (bytes === undefined) return null;
    const isCompressed = GZIP.test(acceptEncoding) && name !== "icon.svg";
    const base = baseOf(path);
    const key = `${base}${name}${isCompressed ? ".gz" : ""}`;
    const made = this.#made.get(key) ?? makeFile(name, withBase(name, bytes, base), isCompressed);
    this.#made.set(key, made);
    return made;
  }
}

/** In `Accept-Encoding`; a weight of 0 refuses it (RFC 9110, 12.4.2). */
const GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i;

/** Of a stream nothing is looked up: the page itself says what is wrong with its name. */
function nameOf(encodedPath: string): string {
  const path = decodeURIComponent(encodedPath); // the rules have let through none that cannot be
  if (path === "/" || /^\/watch\/[^/]+$/.test(path)) return "page.html";
  if (/^\/watch\/[^/]+\/recordings$/.test(path)) return "recordings.html";
  return path.startsWith("/player/") ? path.slice("/player/".length) : "";
}

/** The way from a path up to `/`: behind a proxy, our paths may be below any other. */
function baseOf(path: string): string {
  return "../".repeat(path.split("/").length - 2);
}

function withBase(name: string, bytes: Buffer, base: string): Buffer {
  return extname(name) === ".html" ? Buffer.from(bytes.toString().replaceAll("{{base}}", base)) : bytes;
}

function makeFile(name: string, bytes: Buffer, isCompressed: boolean): PageFile {
  const body = isCompressed ? gzipSync(bytes) : bytes;
  const tag = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  return {
    body,
    headers: {
      ...HEADERS,
      "Content-Type": CONTENT_TYPES[extname(name)] ?? "application/octet-stream",
      "Content-Length": String(body.length),
      ETag: `"${tag}"`,
      ...(isCompressed ? { "Content-Encoding": "gzip" } : {}),
    },
  };
}

/** Empty where the page is not built. */
function readFolder(folder: string): ReadonlyMap<string, Buffer> {
  try {
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  } catch {
    return new Map();
  }
}

/** What a request for a file of the page may say, besides its path. */
export interface PageRequest {
  readonly path: string;
  readonly acceptEncoding?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** The answer with a file of the page; null where it has none of that name. */
export function answerWithPage(
  files: PageFiles,
  { path, acceptEncoding, ifNoneMatch }: PageRequest,
  headers: Headers,
): Answer | null {
  const file = files.find(path, acceptEncoding);
  if (file === null) return null;
  const all: Headers = { ...file.headers, ...varyBy(headers, "Accept-Encoding") };
  const isKnown = ifNoneMatch !== undefined && ifNoneMatch.includes(file.headers["ETag"] ?? "");
  if (!isKnown) return { status: 200, headers: all, body: file.body };
  const { "Content-Length": _, ...rest } = all;
  return emptyAnswer(304, rest);
}
