import { error, type FaultKind, note, warning } from "../finding.ts";

/** The way that the stream came: HTTP/1.1 (RFC 9110, RFC 9112), chunks, TLS. */
export const httpFaults = {
  "http-no-response": error(
    "The server takes the request and does not answer",
    "RFC 9110, 15",
    "Players wait until they give up.",
  ),
  "http-malformed": error(
    "The answer is not HTTP/1",
    "RFC 9112, 4",
    "Browsers refuse it: net::ERR_INVALID_HTTP_RESPONSE.",
  ),
  "http-header-malformed": warning(
    "A header line of the answer cannot be read",
    "RFC 9112, 5",
    "Browsers skip the line; proxies and strict clients refuse the answer.",
  ),
  "http-head-too-large": error(
    "The answer's head is larger than 64 KB",
    "RFC 9110, 5.4",
    "Node refuses from 16 KB on, Chromium from 256 KB on.",
  ),
  "http-status": error(
    "The server does not give the stream",
    "RFC 9110, 15",
    "Players show an error: there is no stream.",
  ),
  "http-redirected": note(
    "The server sends clients elsewhere",
    "RFC 9110, 15.4",
    "Costs a round trip; ffmpeg, VLC and browsers follow.",
  ),
  "http-redirect-broken": error(
    "A redirect leads nowhere",
    "RFC 9110, 10.2.2 (Location)",
    "Players show an error.",
  ),
  "http-redirect-loop": error(
    "More than five redirects in a row",
    "RFC 9110, 15.4",
    "Browsers end with ERR_TOO_MANY_REDIRECTS at 20, ffmpeg at 8.",
  ),
  "http-redirect-downgrade": error(
    "A redirect leads from HTTPS to HTTP",
    "W3C Mixed Content, 5.1",
    "Browsers block it on a page that came over HTTPS.",
  ),
  "tls-untrusted": error(
    "The certificate is not one to trust",
    "RFC 5280, 6; RFC 9110, 4.3.4",
    "Browsers refuse the connection. Nothing further was looked at.",
  ),
  "http-content-type-missing": note(
    "There is no Content-Type",
    "RFC 9110, 8.3",
    "Players guess by the first bytes; a browser offers a download.",
  ),
  "http-content-type-wrong": warning(
    "Content-Type says that it is something else",
    "RFC 9110, 8.3; video/x-flv is FLV's",
    "VLC and media players that go by it choose a wrong reader.",
  ),
  "http-content-type-generic": note(
    "Content-Type is not video/x-flv",
    "RFC 9110, 8.3; video/x-flv is FLV's",
    "Players guess by the first bytes; a browser offers a download.",
  ),
  "http-content-encoding": error(
    "The stream is compressed, which was not asked for",
    "RFC 9110, 8.4, 12.5.3",
    "What the encoder of HTTP holds back makes latency; ffmpeg and VLC read garbage.",
  ),
  "http-content-length-on-live": warning(
    "A live stream gives a Content-Length",
    "RFC 9110, 8.6; RFC 9112, 6.3",
    "Players take it for a file: they show an end, and stop after that many bytes.",
  ),
  "http-content-length-malformed": error(
    "Content-Length is no number",
    "RFC 9110, 8.6",
    "Browsers and proxies refuse the answer.",
  ),
  "http-content-length-short": error(
    "The connection ends before Content-Length is reached",
    "RFC 9112, 8",
    "Browsers end with ERR_CONTENT_LENGTH_MISMATCH.",
  ),
  "http-two-lengths": error(
    "Both Content-Length and Transfer-Encoding",
    "RFC 9112, 6.3",
    "Proxies refuse it as an attack (response splitting); node and nginx as well.",
  ),
  "http-transfer-encoding": error(
    "A Transfer-Encoding other than chunked",
    "RFC 9112, 6.1, 7",
    "Clients read the framing as if it were the stream.",
  ),
  "http-chunked-in-1.0": warning(
    "An HTTP/1.0 answer comes in chunks",
    "RFC 9112, 6.1",
    "Chromium does not take such chunks apart, and reads garbage.",
  ),
  "http-close-delimited": note(
    "Neither chunks nor a length: only the close ends the stream",
    "RFC 9112, 6.3, 8",
    "A cut connection cannot be told from the stream's end.",
  ),
  "http-cors-missing": note(
    "No Access-Control-Allow-Origin, for a request without Origin",
    "WHATWG Fetch, 3.2.3",
    "Pages of another site may not be allowed to play it.",
  ),
  "http-cacheable": note(
    "Cache-Control does not forbid to store a live stream",
    "RFC 9111, 5.2.2",
    "A proxy or CDN may hold it back, or give the past to a second viewer.",
  ),
  "chunk-size-malformed": error(
    "A chunk's size cannot be read",
    "RFC 9112, 7.1 (chunk-size)",
    "Browsers end with ERR_INVALID_CHUNKED_ENCODING.",
  ),
  "chunk-end-missing": error(
    "A chunk is not as long as its size says",
    "RFC 9112, 7.1 (chunk)",
    "Browsers end with ERR_INVALID_CHUNKED_ENCODING.",
  ),
  "chunk-last-missing": warning(
    "The connection ends without the last chunk",
    "RFC 9112, 7.1 (last-chunk), 8",
    "Browsers end with ERR_INCOMPLETE_CHUNKED_ENCODING instead of an orderly end.",
  ),
  "chunk-bare-lf": warning(
    "Chunk lines end with LF alone",
    "RFC 9112, 2.2, 7.1",
    "Chromium takes it; proxies and strict clients refuse it.",
  ),
  "chunks-tiny": note(
    "Chunks of a few bytes",
    "RFC 9112, 7.1",
    "Each chunk costs a client a callback: phones get warm.",
  ),
  "bytes-after-end": warning(
    "Bytes follow the end of the answer",
    "RFC 9112, 6.3",
    "Clients close the connection; with keep-alive the next answer is read wrong.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
