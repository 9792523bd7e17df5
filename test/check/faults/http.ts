import type { FaultId } from "../../../src/check/catalogue.ts";
import { readRaw, write } from "../raw-stream.ts";
import { arriving, type Fault, liveStream, type Piece } from "../sample.ts";

/** The head of a sound answer; headers may be set otherwise, or left out. */
function head(changes: Readonly<Record<string, string | null>> = {}, statusLine = "HTTP/1.1 200 OK"): string {
  const sound: Record<string, string | null> = {
    "Content-Type": "video/x-flv",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Transfer-Encoding": "chunked",
  };
  const headers = Object.entries({ ...sound, ...changes }).filter(([, value]) => value !== null);
  return `${[statusLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\r\n")}\r\n\r\n`;
}

const flv = () => write(readRaw("clean"));
const END = "0\r\n\r\n";

function chunked(body: Buffer, chunkBytes = 4096): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) chunks.push(chunk(body.subarray(at, at + chunkBytes)));
  return chunks;
}

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

function all(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
}

/** An answer that comes at once; the server closes behind it. */
function answer(title: string, finds: readonly FaultId[], make: () => Buffer, closes = true): Fault {
  const sample = () =>
    ({ kind: "answer", pieces: [{ bytes: make(), atMs: 10 }], endMs: 100, closes }) as const;
  return { title, finds, sample };
}

/** A live stream, in one chunk a tag. */
function live(
  title: string,
  finds: readonly FaultId[],
  change: {
    readonly headers?: Record<string, string | null>;
    readonly delayMs?: number;
    readonly raw?: true;
  },
): Fault {
  const sample = () => {
    const { headers = {}, delayMs = 0, raw = false } = change;
    const pieces: readonly Piece[] = [
      { bytes: Buffer.from(head(headers)), atMs: 5 },
      ...arriving(liveStream(), (timestampMs) => 10 + timestampMs + delayMs)
        .filter(({ bytes }) => bytes.length > 0)
        .map(({ bytes, atMs }) => ({ bytes: raw ? bytes : chunk(bytes), atMs })),
    ];
    return { kind: "answer", pieces, endMs: pieces.at(-1)?.atMs ?? 0, closes: false } as const;
  };
  return { title, finds, sample };
}

const withLength = (length: string) => ({ "Transfer-Encoding": null, "Content-Length": length });

/** Answers whose HTTP is broken; the stream in them is sound. */
export const httpFaults: readonly Fault[] = [
  answer("a server that closes without an answer", ["http-no-response"], () => Buffer.alloc(0)),
  answer("a server that closes within the head", ["http-no-response"], () =>
    all("HTTP/1.1 200 OK\r\nContent-"),
  ),
  answer("interim answers without end", ["http-no-response"], () =>
    all("HTTP/1.1 100 Continue\r\n\r\n".repeat(33), head(), ...chunked(flv()), END),
  ),
  answer("an answer of Icecast", ["http-malformed"], () => all("ICY 200 OK\r\n\r\n", flv())),
  answer("a stream without any HTTP", ["http-malformed"], flv),
  answer("a status line that is none", ["http-malformed"], () => all("HTTP/1.1 OK\r\n\r\n", flv())),
  answer("a header line without a colon", ["http-header-malformed"], () =>
    all(head({}, "HTTP/1.1 200 OK\r\nno colon here"), ...chunked(flv()), END),
  ),
  answer("a header's name with a space", ["http-header-malformed"], () =>
    all(head({ "X Name": "1" }), ...chunked(flv()), END),
  ),
  answer("a head that does not end", ["http-head-too-large"], () =>
    all("HTTP/1.1 200 OK\r\n", `X-Filler: ${"x".repeat(1000)}\r\n`.repeat(100)),
  ),
  answer("a stream that is not there", ["http-status"], () =>
    all(head(withLength("9"), "HTTP/1.1 404 Not Found"), "not found"),
  ),
  answer("a server that is too busy", ["http-status"], () =>
    all(head(withLength("0"), "HTTP/1.1 503 Service Unavailable")),
  ),
  answer("an answer without Content-Type", ["http-content-type-missing"], () =>
    all(head({ "Content-Type": null }), ...chunked(flv()), END),
  ),
  answer("a Content-Type of HTML", ["http-content-type-wrong"], () =>
    all(head({ "Content-Type": "text/html; charset=utf-8" }), ...chunked(flv()), END),
  ),
  answer("a Content-Type of any bytes", ["http-content-type-generic"], () =>
    all(head({ "Content-Type": "application/octet-stream" }), ...chunked(flv()), END),
  ),
  answer("a compressed answer", ["http-content-encoding", "signature-wrong"], () =>
    all(head({ "Content-Encoding": "gzip" }), ...chunked(Buffer.from("1f8b0800000000000003", "hex")), END),
  ),
  live("a live stream with a Content-Length", ["http-content-length-on-live"], {
    headers: withLength("99999999999"),
    raw: true,
  }),
  answer("a Content-Length that is no number", ["http-content-length-malformed"], () =>
    all(head(withLength("-1")), flv()),
  ),
  answer("a connection that ends before Content-Length", ["http-content-length-short"], () =>
    all(head(withLength(String(flv().length + 100))), flv()),
  ),
  answer("both Content-Length and Transfer-Encoding", ["http-two-lengths"], () =>
    all(head({ "Content-Length": "17" }), ...chunked(flv()), END),
  ),
  answer("a Transfer-Encoding that nobody asked for", ["http-transfer-encoding"], () =>
    all(head({ "Transfer-Encoding": "identity" }), flv()),
  ),
  answer("chunks in HTTP/1.0", ["http-chunked-in-1.0"], () =>
    all(head({}, "HTTP/1.0 200 OK"), ...chunked(flv()), END),
  ),
  answer("an answer that only the close ends", ["http-close-delimited"], () =>
    all(head({ "Transfer-Encoding": null }), flv()),
  ),
  answer("an answer that pages of other sites may not read", ["http-cors-missing"], () =>
    all(head({ "Access-Control-Allow-Origin": null }), ...chunked(flv()), END),
  ),
  live("a live stream that may be stored", ["http-cacheable"], { headers: { "Cache-Control": null } }),
  live("a first picture after five seconds", ["first-frame-late"], { delayMs: 5000 }),
  answer("a chunk whose size is no number", ["chunk-size-malformed"], () =>
    all(head(), ...chunked(flv()).slice(0, 3), "xyz\r\n", flv()),
  ),
  answer("a chunk size beyond all reason", ["chunk-size-malformed"], () =>
    all(head(), ...chunked(flv()).slice(0, 3), "ffffffffffffffff\r\n", flv()),
  ),
  answer("a chunk longer than its size", ["chunk-end-missing"], () =>
    all(head(), ...chunked(flv()).slice(0, 3), "5\r\nlonger than five\r\n", END),
  ),
  answer("a connection that ends without the last chunk", ["chunk-last-missing"], () =>
    all(head(), ...chunked(flv())),
  ),
  answer("chunk lines that end with LF alone", ["chunk-bare-lf"], () =>
    all(head(), `${flv().length.toString(16)}\n`, flv(), "\n", "0\n\n"),
  ),
  answer("chunks of ten bytes", ["chunks-tiny"], () => all(head(), ...chunked(flv(), 10), END)),
  answer("bytes behind the last chunk", ["bytes-after-end"], () =>
    all(head(), ...chunked(flv()), END, "and another thing"),
  ),
  answer("bytes beyond Content-Length", ["bytes-after-end"], () =>
    all(head(withLength(String(flv().length))), flv(), "and another thing"),
  ),
  answer("an answer without a body", ["stream-empty"], () => all(head(), END)),
];

/** Answers that are as they should be. */
export const soundAnswers: readonly Fault[] = [
  answer("a file in chunks", [], () => all(head(), ...chunked(flv()), END)),
  answer("a file with its length", [], () => all(head(withLength(String(flv().length))), flv())),
  answer("chunks with extensions and a trailer", [], () =>
    all(head(), `${flv().length.toString(16)};name="value"\r\n`, flv(), "\r\n0\r\nX-Trailer: 1\r\n\r\n"),
  ),
  answer("32 interim answers before the answer", [], () =>
    all("HTTP/1.1 100 Continue\r\n\r\n".repeat(32), head(), ...chunked(flv()), END),
  ),
  answer("interim answers before the answer", [], () =>
    all("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", head(), ...chunked(flv()), END),
  ),
  live("a live stream", [], {}),
];
